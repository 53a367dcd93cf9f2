// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
import { watchNavigation } from './navigation.ts'
import { tellEngagement, watchEngagement } from './engagement.ts'
import { readChoice } from './gate.ts'
import { whenNamed } from './page.ts'
import { countPageview } from './pageview.ts'
import { flush, follow, open } from './queue.ts'
import { isWanted } from './script.ts'

function start(): void {
  const sluice = (window.sluice = window.sluice ?? {})
  // Where a tracker is at work already there is nothing to do.
  if (sluice.pageview) return
  sluice.pageview = countPageview
  // A page that is rendered ahead of time begins when somebody looks at it; the event does not rise to the window.
  if (document.prerendering) addEventListener('prerenderingchange', measure, true)
  else measure()
}

function measure(): void {
  follow()
  watchNavigation()
  watchEngagement()
  if (readChoice().ask) void open()
  // At the end of a page, the last chance of what waits.
  addEventListener('visibilitychange', () => {
    tellEngagement()
    void flush()
  })
}

if (isWanted) whenNamed(start)
