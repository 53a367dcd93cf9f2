// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
import { CONSENT_EVENT } from '../schema/consent.ts'
import { readCustom, readFeedback } from './custom.ts'
import type { Measured, Tell, Together, Tools } from './measure.ts'
import { tellVisits } from './visits.ts'
import { watchForms } from './forms.ts'
import { keepUnsent } from './unsent.ts'
import { watchErrors } from './errors.ts'
import { watchLinks } from './links.ts'

/**
 * Measures what is more than page views and engagement: `sluice-events.js`, which is loaded when `performance` is granted
 * and never before; on the pages that follow it is part of `sluice-measured.js`. The choice is asked for again with each event, so that nothing is told once it is withdrawn.
 */
export function measure(
  { options, add, pageName, undelivered, choice, isWhole }: Tools,
  together: Together = {},
): Measured {
  const isGranted = (): boolean => choice().categories.includes('performance')
  const tell: Tell = (event) => {
    const name = pageName()
    if (event && name && isGranted()) add({ url: location.origin + name, ...event })
  }
  // Clicks are many, and their names are the site's own texts: a site asks for them.
  const wanted = (options.events ?? 'outbound download form error vital').split(' ')

  /** Begins a part of its own. Where it cannot be had the browser has told why, and its events are not measured. */
  const load = (name: keyof Together | 'clicks', begin: (part: unknown) => void): unknown =>
    (
      together[name as keyof Together] ??
      (import(new URL(`sluice-${name}.js`, import.meta.url).href) as Promise<unknown>)
    ).then(begin, () => {})

  keepUnsent(undelivered, isGranted, add)
  tellVisits(tell, () => !!pageName() && isGranted() && choice().calendar)
  watchLinks(tell, options.site, wanted)
  if (wanted.includes('form')) watchForms(tell)
  if (wanted.includes('error')) watchErrors(tell)
  if (wanted.includes('click'))
    load('clicks', (part) => (part as typeof import('./clicks.ts')).watchClicks(tell))
  // What a browser noted before a consent, or across a withdrawal, is not told after it.
  if (wanted.includes('vital') && isWhole) {
    const url = location.origin + pageName()
    let isUnbroken = true
    addEventListener(CONSENT_EVENT, () => (isUnbroken &&= isGranted()))
    load('vitals', (part) =>
      (part as typeof import('./vitals.ts')).watchVitals(url, (event) => isUnbroken && tell(event)),
    )
  }

  return {
    track: (name, details) => tell(readCustom(name, details)),
    feedback: (score, comment) => tell(readFeedback(score, comment)),
  }
}
