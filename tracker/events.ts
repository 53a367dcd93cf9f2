import { CONSENT_EVENT } from '../schema/consent.ts'
import { readCustom, readFeedback } from './custom.ts'
import { watchErrors } from './errors.ts'
import { watchForms } from './forms.ts'
import { watchLinks } from './links.ts'
import type { Measured, Tell, Tools } from './measure.ts'
import { keepUnsent } from './unsent.ts'
import { tellVisits } from './visits.ts'

/**
 * Measures what is more than page views and engagement: `sluice-events.js`, which is loaded when `performance` is granted
 * and never before. The choice is asked for again with each event, so that nothing is told once it is withdrawn.
 */
export function measure({ options, add, pageName, undelivered, choice, isWhole }: Tools): Measured {
  const isGranted = (): boolean => choice().categories.includes('performance')
  const tell: Tell = (event) => {
    const name = pageName()
    if (name && isGranted()) add({ url: location.origin + name, ...event })
  }
  // Clicks are many, and their names are the site's own texts: a site asks for them.
  const wanted = (options.events ?? 'outbound download form error vital').split(' ')

  keepUnsent(undelivered, isGranted, add)
  tellVisits(tell, () => !!pageName() && isGranted() && choice().timezone)
  watchLinks(tell, options.site, wanted)
  if (wanted.includes('form')) watchForms(tell)
  if (wanted.includes('error')) watchErrors(tell)
  if (wanted.includes('click'))
    void load('clicks', (part) => (part as typeof import('./clicks.ts')).watchClicks(tell))
  // What a browser noted before a consent, or across a withdrawal, is not told after it.
  if (wanted.includes('vital') && isWhole) {
    const url = location.origin + pageName()
    let isUnbroken = true
    addEventListener(CONSENT_EVENT, () => (isUnbroken &&= isGranted()))
    void load('vitals', (part) =>
      (part as typeof import('./vitals.ts')).watchVitals(url, (event) => isUnbroken && tell(event)),
    )
  }

  return {
    track(name, details) {
      const event = readCustom(name, details)
      if (event) tell(event)
    },
    feedback(score, comment) {
      const event = readFeedback(score, comment)
      if (event) tell(event)
    },
  }
}

/** Loads a part of its own. Where it cannot be had the browser has told why, and its events are not measured. */
function load(name: string, begin: (part: unknown) => void): Promise<void> {
  return import(new URL(`sluice-${name}.js`, import.meta.url).href).then(begin, () => {})
}
