import type { Sent } from '../schema/consent.ts'
import { element } from './element.ts'
import type { Page } from './page.ts'

/** What this page has sent, each message as it left; folded, for whoever wants to know. */
export function sentMessages({ notice, inspect }: Page): HTMLElement {
  const { texts, language } = notice
  const reasons: Record<Sent['basis'], string> = {
    anonymous: texts.sentAnonymous,
    performance: texts.categories.performance.title,
    targeting: texts.categories.targeting.title,
    essential: texts.categories.essential.title,
  }
  const messages = inspect().map(({ time, basis, sent }) =>
    element(
      'li',
      {},
      element('p', {}, `${new Date(time).toLocaleTimeString(language)} · ${reasons[basis]}`),
      // The wire speaks one language, from left to right.
      element('pre', { dir: 'ltr', lang: 'en', tabindex: '0' }, JSON.stringify(sent, null, 1)),
    ),
  )
  return element(
    'details',
    { class: 'sluice-sent' },
    element('summary', {}, `${texts.sent} (${messages.length})`),
    messages.length > 0
      ? element('ol', {}, ...messages)
      : element('p', { class: 'sluice-note' }, texts.sentNothing),
  )
}
