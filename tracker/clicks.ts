import { inLine } from './element.ts'
import type { Tell } from './measure.ts'
import { BUTTONS, LEFT_OUT, nameOf, type Part } from './name.ts'

/** A method that an element may stand in the place of: a field called `matches` does, in its form. */
type Matches = Partial<Record<'call', (element: unknown, selector: string) => boolean>> | undefined

/**
 * Tells of clicks on controls, by role and name: `button Buy now`.
 *
 * - A control is what a real click or key press was on, also within an open shadow tree or what is put into one.
 * - `data-track` is the name where there is one; an empty one leaves out what is in it.
 * - On a page that asks for a card, a password, a name or an address nothing else is.
 * - Text with an `@` or three digits in a row is no name, nor is one within what somebody writes in.
 */
export function watchClicks(tell: Tell): void {
  const take = (event: Event): void => {
    // By a middle click too; the right one opens a menu.
    const element =
      event.isTrusted &&
      (event as MouseEvent).button < 2 &&
      (event.composedPath() as Part[]).find((node) =>
        (node.matches as Matches)?.call?.(
          node,
          // What is clicked to do something. Not fields: what they are about somebody has typed.
          BUTTONS +
            ',[role=button],[role=link],[role=tab],[role=menuitem],[data-track],a[href],button,summary',
        ),
      )
    if (element && !element.closest(LEFT_OUT)) {
      const text =
        element.getAttribute('data-track') ??
        `${
          element.getAttribute('role') ??
          ({ a: 'link', summary: 'summary' } as Record<string, string>)[element.localName] ??
          'button'
        } ${
          document.querySelector(
            // Fields of a person. A page that has one shows addresses and names elsewhere too, on its buttons for example.
            '[type=password],[autocomplete*=cc-],[autocomplete*=name],[autocomplete*=address],[autocomplete*=postal]',
          )
            ? ''
            : inLine(nameOf(element)).replace(/.*(@|\d{3}).*/, '')
        }`.trim()
      if (text) tell({ type: 'click', element: text })
    }
  }
  addEventListener('click', take, true)
  addEventListener('auxclick', take, true)
}
