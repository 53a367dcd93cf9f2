import { element, link } from './element.ts'
import type { Page } from './page.ts'

/** What must be said beside the question: the signal that was honoured, and the statistics that run before a choice. */
export function notes({ notice, consent }: Page, object: () => void): HTMLElement[] {
  const { texts, anonymous } = notice
  const { gpc, decided } = consent.get()
  const made: HTMLElement[] = []
  if (gpc) made.push(element('p', { class: 'sluice-note sluice-signal' }, texts.gpcHonoured))
  if (anonymous && !decided && !gpc) {
    const objection = element(
      'button',
      { type: 'button', class: 'sluice-link', 'data-role': 'object' },
      texts.object,
    )
    objection.addEventListener('click', object)
    made.push(element('p', { class: 'sluice-note' }, `${texts.anonymous} `, objection))
  }
  return made
}

/** Controller and contact, and the way to all the rest. */
export function footer({ notice, collector }: Page): HTMLElement {
  const { texts, controller, policyUrl, site, language } = notice
  const href = /^https?:/.test(controller.contact) ? controller.contact : `mailto:${controller.contact}`
  // The text is filled in; the contact is found in it again, to be linked.
  const [before = '', ...after] = texts.contact.split(controller.contact)
  const contact = element('a', { href }, element('bdi', {}, controller.contact))
  const declaration = new URL('privacy/cookies', collector)
  declaration.searchParams.set('site', site)
  declaration.searchParams.set('language', language)
  return element(
    'div',
    { class: 'sluice-footer' },
    element('p', {}, before, ...(after.length > 0 ? [contact, after.join(controller.contact)] : [])),
    element(
      'p',
      { class: 'sluice-links' },
      ...(policyUrl ? [link(texts.policyLink, policyUrl)] : []),
      link(texts.declarationLink, declaration.href),
    ),
  )
}
