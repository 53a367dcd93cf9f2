import { LOOK_ALIKES } from '../../../sms/data/look-alikes.ts'

const everySecond = (word: string, change: (letter: string) => string): string =>
  Array.from(word, (letter, index) => (index % 2 === 1 ? change(letter) : letter)).join('')

/** Words of four letters and more, outside of links, rewritten. */
const words =
  (change: (word: string) => string) =>
  (text: string): string =>
    text.replace(/(?<![\w/.:@-])[A-Za-z]{4,}(?![\w/:@-]|\.\w)/g, change)

const LEET: Readonly<Record<string, string>> = { o: '0', i: '1', e: '3', a: '4', s: '5', t: '7' }

/** How senders hide what they say, by name. */
export const EVASIONS: readonly (readonly [name: string, hide: (text: string) => string])[] = [
  [
    'look-alikes',
    words((word) => everySecond(word, (letter) => Array.from(LOOK_ALIKES[letter] ?? letter)[0] ?? letter)),
  ],
  ['zero widths', words((word) => Array.from(word).join('\u200b'))],
  [
    'full width',
    words((word) => word.replace(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0))),
  ],
  [
    'mathematical letters',
    words((word) =>
      word
        .toLowerCase()
        .replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) - 97 + 0x1d5ee)),
    ),
  ],
  ['dots between', words((word) => Array.from(word).join('.'))],
  ['signs within', words((word) => `${word.slice(0, 2)}*${word.slice(2)}`)],
  [
    'digits for letters',
    words((word) => everySecond(word.toLowerCase(), (letter) => LEET[letter] ?? letter)),
  ],
  ['capitals', (text) => text.toUpperCase()],
]
