import { follow as followChoice } from './choice.ts'
import { measure } from './events.ts'
import { watchVitals } from './vitals.ts'

/**
 * All that a page needs whose visitor allowed statistics before, in one file: `sluice-measured.js`. A file costs a page more
 * than its bytes: a request, and a dozen tasks of the browser.
 */
export function follow(
  ...[options, request, add, flush, open, pageName, undelivered]: Parameters<typeof followChoice>
): ReturnType<typeof followChoice> {
  return followChoice(options, request, add, flush, open, pageName, undelivered, {
    measure: (tools) => measure(tools, { vitals: Promise.resolve({ watchVitals }) }),
  })
}
