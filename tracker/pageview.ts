import { add } from './queue.ts'
import { beginEngagement } from './engagement.ts'
import { pageName } from './page.ts'

declare global {
  interface PerformanceEntry {
    /** Of a navigation, https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-responsestatus. */
    readonly responseStatus?: number
  }
}

// Not by URL, which knows no origin of android-app://com.example/.
let referrer = document.referrer.split('/', 3).join('/')
if (referrer === location.origin) referrer = ''

/** Status of the document, told with its first view where it is an error. Safari knows none. */
let status = performance.getEntriesByType('navigation')[0]?.responseStatus as number

/**
 * Counts the page shown now. Nothing of the visitor's device goes along: no title, no screen, no language. Of the
 * address go origin, path, campaign parameters and hash route; of the referrer its origin, and nothing of it where it
 * is the site itself, which it is for every view but a document's first. With that view goes the status by which the
 * server called the page an error, so that pages which are missing can be counted.
 */
export function countPageview(): void {
  const campaign = location.search
    .replace(/[?&](?!utm_(source|medium|campaign|term|content)=)[^&]*/g, '')
    .replace(/^&/, '?')
  const name = pageName()
  const url = name && location.origin + name.replace(/#|$/, (sign) => campaign + sign)
  // What was seen before stands in front of it, in the same request.
  beginEngagement(url)
  if (url) add({ type: 'pageview', url, referrer, ...(status > 399 && { status }) })
  referrer = ''
  status = 0
}
