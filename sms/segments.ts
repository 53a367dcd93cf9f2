/** 3GPP TS 23.038, 6.2.1: the basic set, in which a character takes one of the 7-bit units. */
const BASIC = new Set(
  Array.from(
    '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
  ),
)
/** The extension table: these take two units, which may not be torn apart. */
const EXTENDED = new Set(Array.from('\f^{}\\[~]|€'))

export type Encoding = 'gsm-7' | 'ucs-2'

/** How a text travels. */
export interface Segments {
  /** One character outside of GSM-7 makes the whole text UCS-2. */
  readonly encoding: Encoding
  /** Parts, each of which is paid for; 0 for an empty text. */
  readonly count: number
  /** Septets in GSM-7, UTF-16 units in UCS-2, without those left empty at the end of a part. */
  readonly units: number
  /** Units that still fit into the last part. */
  readonly left: number
}

/** Units of a part alone, and of one of several: the header of a concatenation takes six bytes. */
const SIZE = { 'gsm-7': { alone: 160, joined: 153 }, 'ucs-2': { alone: 70, joined: 67 } } as const

/** How many parts a text takes. Never throws. */
export function segmentsOf(text: string): Segments {
  const characters = Array.from(text)
  const encoding = encodingOf(characters)
  const { alone, joined } = SIZE[encoding]
  const widths = characters.map((character) => widthOf(character, encoding))
  const units = widths.reduce((sum, width) => sum + width, 0)
  if (units <= alone) return { encoding, count: units === 0 ? 0 : 1, units, left: alone - units }
  let count = 1
  let filled = 0
  for (const width of widths) {
    // A pair does not fit into a last unit: it goes to the next part as a whole.
    if (filled + width > joined) {
      count++
      filled = 0
    }
    filled += width
  }
  return { encoding, count, units, left: joined - filled }
}

/** The characters that keep a text out of GSM-7, each once: what it costs twice as many parts for. */
export function charactersOutside(text: string): string[] {
  return [...new Set(Array.from(text))].filter((character) => !isGsm(character))
}

function encodingOf(characters: readonly string[]): Encoding {
  return characters.every(isGsm) ? 'gsm-7' : 'ucs-2'
}

function isGsm(character: string): boolean {
  return BASIC.has(character) || EXTENDED.has(character)
}

function widthOf(character: string, encoding: Encoding): number {
  if (encoding === 'ucs-2') return character.length
  return EXTENDED.has(character) ? 2 : 1
}
