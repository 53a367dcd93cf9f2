import { countPageview } from './pageview.ts'
import { pageName } from './page.ts'
import { options } from './script.ts'

/**
 * Counts each page that is shown: now, after a step of the history that changes the page's name (`pushState`, back,
 * forward, a link to a hash route: with each of the last three comes `popstate`), and when the page returns from the
 * back/forward cache.
 *
 * - `replaceState` is no view: it mends the address of the page that is shown.
 * - A step to the same name is no view: it opens a dialog, sets a filter, jumps to a heading.
 * - A page opened in a background tab counts when it loads: it was asked for, and the server's log counts it then too.
 */
export function watchNavigation(): void {
  if ('manual' in options) return
  let shown: string
  function step(): void {
    if (pageName() !== shown) {
      shown = pageName()
      countPageview()
    }
  }
  step()
  addEventListener('popstate', step)
  addEventListener('pageshow', (event) => event.persisted && countPageview())
  const push = history.pushState
  // The bundle is no strict code: where the page has frozen its history this does nothing, and back and forward are
  // still seen.
  history.pushState = (...args) => {
    push.apply(history, args)
    step()
  }
}
