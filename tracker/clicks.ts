import { clicked, inLine } from './element.ts'
import type { Tell } from './measure.ts'

/** What is clicked to do something. Not fields: what they are about somebody has typed. */
const CONTROLS = ['a[href]', 'button', 'summary', '[data-track]']
  .concat(['submit', 'button', 'reset', 'image'].map((type) => `input[type=${type}]`))
  .concat(['button', 'link', 'tab', 'menuitem'].map((role) => `[role=${role}]`))
  .join()

/** Fields of a person. A page that has one shows addresses and names elsewhere too, on its buttons for example. */
const PERSONAL = ['[type=password]']
  .concat(['cc-', 'name', 'address', 'postal'].map((part) => `[autocomplete*=${part}]`))
  .join()

/**
 * Tells of clicks on controls, by role and name: `button Buy now`.
 *
 * - `data-track` is the name where there is one; an empty one leaves out what is in it.
 * - On a page that asks for a card, a password, a name or an address nothing else is.
 * - Text with an `@` or three digits in a row is no name, nor is one within what somebody writes in.
 */
export function watchClicks(tell: Tell): void {
  const take = (event: Event): void => {
    const element = clicked(event, CONTROLS)
    if (!element || element.isContentEditable || element.closest('[data-track=""]')) return
    const tag = element.tagName
    const role =
      element.getAttribute('role') ?? (/^A$/i.test(tag) ? 'link' : tag === 'SUMMARY' ? 'summary' : 'button')
    const name = document.querySelector(PERSONAL) ? '' : nameOf(element)
    const given = element.getAttribute('data-track')
    const text = given ?? `${role} ${/@|\d{3}/.test(name) ? '' : name}`.trim()
    if (text) tell({ type: 'click', element: text })
  }
  addEventListener('click', take, true)
  addEventListener('auxclick', take, true)
}

/** What a control is called, as far as the page itself says so. */
function nameOf(element: HTMLElement): string {
  const picture = element.querySelector('img[alt]')
  return (
    inLine(element.getAttribute('aria-label')) ||
    inLine(element.textContent) ||
    inLine(element.getAttribute('value') ?? (picture ?? element).getAttribute('alt'))
  )
}
