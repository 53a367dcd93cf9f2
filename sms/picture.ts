/** Pictures that a message may carry, by what they are and not by what they are called. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/gif'] as const
export type PictureType = (typeof PICTURE_TYPES)[number]

/** Most pictures of a message, and most bytes of all of them: the provider takes no more. */
export const MOST_PICTURES = 10
export const MOST_PICTURE_BYTES = 1_500_000

export type ReadPicture =
  | { readonly type: PictureType; readonly bytes: Uint8Array }
  | { readonly fault: 'empty' | 'too-large' | 'not-a-picture' | 'cut-off' }

/**
 * Reads a picture, and leaves out of it all that does not show: where and when it was taken, by what, of whom, notes and
 * whatever follows its end. What shows is untouched: colours, turning by EXIF excepted, which goes with the rest. Never
 * throws.
 */
export function readPicture(file: Uint8Array): ReadPicture {
  if (file.length === 0) return { fault: 'empty' }
  if (file.length > MOST_PICTURE_BYTES) return { fault: 'too-large' }
  for (const [type, magic, strip] of FORMATS) {
    if (!magic.every((byte, at) => file[at] === byte)) continue
    const kept = strip(file)
    return kept ? { type, bytes: join(kept) } : { fault: 'cut-off' }
  }
  return { fault: 'not-a-picture' }
}

/** What stays of a file, in its order; undefined where it ends too early or is put together wrongly. */
type Strip = (file: Uint8Array) => Uint8Array[] | undefined

const FORMATS: readonly (readonly [PictureType, readonly number[], Strip])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff], stripJpeg],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], stripPng],
  ['image/gif', [0x47, 0x49, 0x46, 0x38], stripGif],
]

/** Markers of JPEG (ITU T.81, table B.1). */
const [SOI, EOI, SOS, APP0, APP14, APP15, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xee, 0xef, 0xfe]
/** Restart markers and stuffed zeros are a part of what is scanned. */
const isScanned = (marker: number): boolean => marker === 0 || (marker >= 0xd0 && marker <= 0xd7)

/** Keeps all segments but those of applications and comments; of the former JFIF's and Adobe's tell how colours are read. */
function stripJpeg(file: Uint8Array): Uint8Array[] | undefined {
  const kept = [file.subarray(0, 2)]
  let at = 2
  for (;;) {
    if (file[at] !== 0xff) return undefined
    const marker = file[at + 1] ?? SOI
    if (marker === 0xff) {
      // Filling.
      at++
      continue
    }
    if (marker === EOI) return [...kept, file.subarray(at, at + 2)]
    const end = at + 2 + number(file, at + 2, 2)
    if (marker === SOI || end < at + 4 || end > file.length) return undefined
    const isOfApplication = marker >= APP0 && marker <= APP15
    const isKept = !isOfApplication ? marker !== COM : marker === APP0 || marker === APP14
    if (isKept) kept.push(file.subarray(at, end))
    at = end
    if (marker !== SOS) continue
    const next = endOfScan(file, at)
    kept.push(file.subarray(at, next))
    at = next
  }
}

function endOfScan(file: Uint8Array, from: number): number {
  for (let at = from; at < file.length; at++) {
    if (file[at] === 0xff && !isScanned(file[at + 1] ?? 0) && file[at + 1] !== 0xff) return at
  }
  return file.length
}

/** Chunks of PNG that a picture is shown by (PNG, third edition, 11). The others are texts, times, EXIF and what is unknown. */
const SHOWN_CHUNKS = [
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'cHRM',
  'gAMA',
  'iCCP',
  'sBIT',
  'sRGB',
  'cICP',
  'bKGD',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]

function stripPng(file: Uint8Array): Uint8Array[] | undefined {
  const kept = [file.subarray(0, 8)]
  let at = 8
  for (;;) {
    const end = at + 12 + number(file, at, 4)
    if (end > file.length) return undefined
    const name = String.fromCharCode(...file.subarray(at + 4, at + 8))
    if (SHOWN_CHUNKS.includes(name)) kept.push(file.subarray(at, end))
    if (name === 'IEND') return kept
    at = end
  }
}

/** Bytes of a table of colours, by the flags before it. */
function colours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

/** Blocks of GIF (GIF89a, appendix A): pictures, what goes before each, and how often it is shown again; no notes. */
function stripGif(file: Uint8Array): Uint8Array[] | undefined {
  let at = 13 + colours(file[10] ?? 0)
  const kept = [file.subarray(0, at)]
  for (;;) {
    const start = at
    const kind = file[at]
    if (kind === 0x3b) return [...kept, file.subarray(at, at + 1)]
    if (kind === 0x2c) at = endOfBlocks(file, at + 11 + colours(file[at + 9] ?? 0))
    else if (kind === 0x21) at = endOfBlocks(file, at + 2)
    else return undefined
    if (at > file.length) return undefined
    if (kind === 0x2c || isShown(file, start)) kept.push(file.subarray(start, at))
  }
}

function endOfBlocks(file: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const length = file[at]
    if (length === undefined) return file.length + 1
    at += 1 + length
    if (length === 0) return at
  }
}

function isShown(file: Uint8Array, at: number): boolean {
  if (file[at + 1] === 0xf9) return true
  return file[at + 1] === 0xff && String.fromCharCode(...file.subarray(at + 3, at + 14)) === 'NETSCAPE2.0'
}

/** Big-endian; what is not there makes it larger than any file. */
function number(file: Uint8Array, at: number, length: number): number {
  if (at + length > file.length) return Number.MAX_SAFE_INTEGER
  return file.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0)
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
