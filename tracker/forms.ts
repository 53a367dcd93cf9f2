import { inLine, webAddress } from './element.ts'
import type { Tell } from './measure.ts'

/**
 * Tells of forms that are sent, by the name that the page gives them and never by what was filled in. One that the page
 * keeps from being sent does not count; `data-track=""` leaves one out.
 */
export function watchForms(tell: Tell): void {
  addEventListener('submit', (event) => {
    if (!event.isTrusted || event.defaultPrevented) return
    const element = event.target as HTMLFormElement
    // Not by properties: a field may be called `name` or `id`, and take their place.
    const read = (name: string): string => inLine(element.getAttribute(name))
    const label = document.getElementById(read('aria-labelledby'))
    const form =
      element.dataset['track'] ??
      (read('aria-label') ||
        inLine(label?.textContent) ||
        read('name') ||
        read('id') ||
        webAddress(read('action'))?.pathname)
    if (form) tell({ type: 'form', form })
  })
}
