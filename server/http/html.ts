/** Markup, told from text by its type: whatever is put into a page that is none is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const CHARACTERS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

type Part = string | number | Markup | false | undefined | readonly Part[]

/**
 * Markup from a template. Texts and numbers are escaped for contents and for attributes in quotes; lists are put in
 * one after another; false and undefined are nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((string, index) => string + written(parts[index])).join(''))
}

function written(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => CHARACTERS[character] ?? '')
  }
  return part.map(written).join('')
}
