/** A page that is not seen is not painted. */
const AT_MOST_MS = 100

/**
 * Does something when the browser has painted what was changed just now, so that a click is answered before the work
 * that it causes; at the latest after a tenth of a second, and when the page goes away.
 */
export function afterPaint(act: () => void): void {
  let isDone = false
  function once(): void {
    if (isDone) return
    isDone = true
    removeEventListener('pagehide', once)
    act()
  }
  requestAnimationFrame(() => setTimeout(once))
  setTimeout(once, AT_MOST_MS)
  addEventListener('pagehide', once)
}
