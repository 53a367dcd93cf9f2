import { countPageview, pageName } from './pageview.ts'
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
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) countPageview()
  })
  const push = history.pushState.bind(history)
  try {
    history.pushState = (...args) => {
      push(...args)
      step()
    }
  } catch {
    // The page has frozen its history: back and forward are still seen.
  }
}
