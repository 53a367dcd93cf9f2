// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
import { countPageview, namePages } from './pageview.ts'
import { onActivation, readChoice } from './gate.ts'
import { folder, isWanted, options } from './script.ts'
import { flush, follow, open } from './queue.ts'
import { watchNavigation } from './navigation.ts'
import { tellEngagement, watchEngagement } from './engagement.ts'

function start(): void {
  // Where a tracker is at work already there is nothing to do.
  if (window.sluice?.pageview) return
  ;(window.sluice ??= {}).pageview = countPageview
  onActivation(() => {
    watchNavigation()
    watchEngagement()
    void follow()
    if (readChoice().ask) void open()
    // At the end of a page, the last chance of what waits.
    addEventListener('visibilitychange', () => {
      tellEngagement()
      void flush()
    })
  })
}

if (isWanted) {
  if ('hash' in options || options.exclude)
    // Where the rule cannot be had nothing is measured: what is excluded would be.
    void import(folder + 'sluice-routes.js').then(
      ({ createPageName }) => {
        namePages(createPageName(options))
        start()
      },
      () => {},
    )
  else start()
}
