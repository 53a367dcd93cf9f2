import { beginEngagement } from './engagement.ts'
import { add } from './queue.ts'

// Not by URL, which knows no origin of android-app://com.example/.
let referrer = document.referrer.split('/', 3).join('/')
if (referrer === location.origin) referrer = ''

/** The name of the page shown now; empty where it is not measured. */
export let pageName = (): string => location.pathname

/** Names pages by another rule from now on. */
export function namePages(rule: () => string): void {
  pageName = rule
}

/**
 * Counts the page shown now. Nothing of the visitor's device goes along: no title, no screen, no language. Of the
 * address go origin, path, campaign parameters and hash route; of the referrer its origin, and nothing of it where it
 * is the site itself, which it is for every view but a document's first.
 */
export function countPageview(): void {
  const campaign = location.search
    .replace(/[?&](?!utm_(source|medium|campaign|term|content)=)[^&]*/g, '')
    .replace(/^&/, '?')
  const name = pageName()
  const url = name && location.origin + name.replace(/#|$/, (sign) => campaign + sign)
  // What was seen before stands in front of it, in the same request.
  beginEngagement(url)
  if (url) add({ type: 'pageview', url, referrer })
  referrer = ''
}
