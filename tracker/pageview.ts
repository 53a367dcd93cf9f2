import type { WirePageview } from '../schema/event.ts'
import { isExcluded } from './exclude.ts'
import { hashRoute, pageName } from './page-name.ts'
import type { Options } from './script.ts'

/**
 * Makes the function that counts the page shown now. Nothing of the visitor's device goes along: no title, no screen,
 * no language. Of the address go origin, path, campaign parameters and hash route; of the referrer its origin, and
 * nothing of it where it is the site itself, which it is for every view but a document's first.
 */
export function createPageviews(options: Options, add: (event: WirePageview) => void): () => void {
  // Not by URL, which knows no origin of android-app://com.example/.
  let referrer = document.referrer.split('/', 3).join('/')
  if (referrer === location.origin) referrer = ''
  return () => {
    if (!isExcluded(pageName(options), options.exclude)) {
      const campaign = location.search
        .replace(/[?&](?!utm_(source|medium|campaign|term|content)=)[^&]*/g, '')
        .replace(/^&/, '?')
      add({
        type: 'pageview',
        // crypto.randomUUID does not exist on pages that come over plain http.
        id: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
          .replace(/\+/g, '-')
          .replace(/\//g, '_')
          .slice(0, 22),
        time: Date.now(),
        url: location.origin + location.pathname + campaign + hashRoute(options),
        referrer,
      })
    }
    referrer = ''
  }
}
