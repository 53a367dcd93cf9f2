import { MIN_VISIBLE_MS } from './limits.ts'
import { settleTime, since, visibleMs } from './clock.ts'
import { add } from './queue.ts'

/** Address of the page view that is shown; empty where it is not measured. */
let url = ''
/** How much of the time in view is told or another page's. */
let toldMs = 0
/** Deepest point seen of this page, and the height of its document, in CSS pixels. */
let deepest = 0
let height = Infinity

/** After layout, where reading a size costs nothing. */
function measure(): void {
  height = document.documentElement.scrollHeight
  if (since) deepest = Math.max(deepest, scrollY + innerHeight)
}

/** Tells what was seen of a page since it was told last. */
export function tellEngagement(): void {
  settleTime()
  const stretchMs = visibleMs - toldMs
  toldMs = visibleMs
  if (url && stretchMs >= MIN_VISIBLE_MS) {
    const scrollPercent = Math.round(Math.min(deepest / height, 1) * 100)
    add({ type: 'engagement', url, visibleMs: stretchMs, scrollPercent })
  }
}

/** Another page is shown: tells of the one before, and begins anew. */
export function beginEngagement(page: string): void {
  tellEngagement()
  url = page
  // Who does not scroll has seen the first screen.
  deepest = innerHeight
}

export function watchEngagement(): void {
  addEventListener('focus', settleTime)
  addEventListener('blur', settleTime)
  addEventListener('scroll', measure)
  // Images that come late and lists without end make a page higher without a step of the scroll bar.
  new ResizeObserver(measure).observe(document.documentElement)
}
