/** Texts are shown as they are: no markup, nothing that hides, turns or breaks them. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/[<>]/, 'Texts are shown as they are written: take out < and >.'],
  [
    /&#?\w{1,32};/,
    'Texts are shown as they are written: write the character itself, not a reference like &nbsp;.',
  ],
  [/\p{Cc}/u, 'A text is one line without control characters: take out line breaks and tabs.'],
  // Marks, embeddings and isolates of direction show a text in another order than it is written (Unicode UAX 9).
  [/[\u202a-\u202e\u2066-\u2069]/, 'This holds characters that turn the direction of a text: take them out.'],
]

/** What stands where somebody wanted to write something. In Spanish `todo` is a word, also in capitals. */
const UNFILLED = /\b(?:TODO:|TBD\b|FIXME\b|XXX\b)|\b[Ll]orem ipsum\b/
const BRACED = /\{[^{}]*\}/g

/**
 * Why a text cannot be shown, in one sentence, or undefined. Names in braces are filled in where they are allowed and
 * forgotten everywhere else.
 */
export function faultOfText(text: string, allowed: readonly string[] = []): string | undefined {
  for (const [pattern, sentence] of FORBIDDEN) if (pattern.test(text)) return sentence
  if (!isReadable(text)) return 'This is empty: write a text that can be read.'
  const stray = text.match(BRACED)?.find((braced) => !allowed.includes(braced.slice(1, -1)))
  if (stray !== undefined) {
    const filled = allowed.map((name) => `{${name}}`).join(', ')
    return `${stray} is filled in by nobody: ${filled === '' ? 'write what it stands for' : `only ${filled} can stand here`}.`
  }
  return UNFILLED.test(text) ? 'This looks unfinished: write what belongs here.' : undefined
}

/** Whether a text has a letter or digit; characters without a shape (Default_Ignorable) do not count. */
function isReadable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.replace(/\p{Default_Ignorable_Code_Point}/gu, ''))
}
