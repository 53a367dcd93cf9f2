import { MAX_TEXT } from './event-limits.ts'

/** The nearest element that a real click or key press was on, also within an open shadow tree. Not one that code makes. */
export function clicked(event: Event, selector: string): HTMLElement | null | false {
  // By a middle click too; the right one opens a menu.
  const target = event.isTrusted && (event as MouseEvent).button < 2 && event.composedPath()[0]
  return target instanceof Element && target.closest<HTMLElement>(selector)
}

/** Where an address on the page leads; without query and fragment, which can hold anything. Nothing but web pages. */
export function webAddress(text: string | null): URL | undefined {
  try {
    const url = new URL(text ?? '', document.baseURI)
    url.search = url.hash = ''
    return url.protocol.startsWith('http') ? url : undefined
  } catch {
    return undefined
  }
}

/** Text in one line; nothing where it is empty. */
export function inLine(text: string | null | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT)
}
