import { mode } from './mode.ts'

/** Milliseconds that the page was in view. */
export let visibleMs = 0
/** Since when time runs; 0: it stands still. */
export let since = 0

/**
 * Takes the time until now, and looks whether it runs on: while the tab is in front, the window has the focus, and the
 * page may be measured, so that what was seen before a consent is no part of what is told after it. A frame within the
 * page that has the focus counts as the page.
 *
 * @returns mode()
 */
export function settleTime(): string | undefined {
  // Whole, in less code than Math.round. After 24 days a page's clock begins anew, which costs it one stretch.
  const now = performance.now() | 0
  const consent = mode()
  if (since) visibleMs += now - since
  since = consent && consent !== 'none' && !document.hidden && document.hasFocus() ? now : 0
  return consent
}
