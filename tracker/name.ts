import { inLine } from './element.ts'

/** Inputs that do something: their value is what they are called, and nobody has typed it. */
export const BUTTONS = 'input[type=submit],input[type=button],input[type=reset],input[type=image]'

/** What the page leaves out, and what somebody writes in. */
export const LEFT_OUT = '[data-track=""],[contenteditable]'

/** An element, a text or a comment. */
export type Part = HTMLElement & Text

/**
 * What a part of the page is called to assistive technology, by Accessible Name and Description Computation 1.2
 * (www.w3.org/TR/accname-1.2), with spaces around it where it is a block. Nothing of it was typed or chosen;
 * docs/tracker.md lists what else is left out.
 *
 * @param isReferred another part refers to it, or to what it stands in: then it is named though it is hidden, and
 * follows no references itself
 */
export function nameOf(node: Part, isReferred?: unknown): string {
  // Comments have data too.
  if (!(node.matches as unknown)) return node.nodeType < 4 ? node.data : ''
  const read = (name: string): string => inLine(node.getAttribute(name))
  const { display } = getComputedStyle(node)
  const space = display === 'inline' ? '' : ' '
  // Closest: what is referred to may stand in what is left out.
  return node.closest(LEFT_OUT + ',[aria-hidden=true],select,textarea') || (!isReferred && display === 'none')
    ? ''
    : space +
        ((!isReferred &&
          inLine(node.ariaLabelledByElements?.map((part) => nameOf(part as Part, 1)).join(' '))) ||
          read('aria-label') ||
          read('alt') ||
          (node.matches(BUTTONS) && read('value')) ||
          // What is put into a slot stands there.
          [...((node as Partial<HTMLSlotElement>).assignedNodes?.({ flatten: true }) ?? node.childNodes)]
            .map((part) => nameOf(part as Part, isReferred))
            .join('') ||
          read('title')) +
        space
}
