import { element } from './element.ts'

/** Long enough to be read, and said by a screen reader in its own time whatever is on the screen. */
const SHOWN_MS = 5_000

/** A place for short news, which must stand on the page before they come (WCAG 2.2, 4.1.3). */
export function createStatus(host: HTMLElement): (text: string) => void {
  const place = element('div', { class: 'sluice-status', role: 'status' })
  host.append(place)
  let timer: ReturnType<typeof setTimeout> | undefined
  return (text) => {
    clearTimeout(timer)
    place.replaceChildren(text)
    timer = setTimeout(() => place.replaceChildren(), SHOWN_MS)
  }
}
