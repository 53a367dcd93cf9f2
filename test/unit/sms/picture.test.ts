import { readFileSync, readdirSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_PICTURE_BYTES, readPicture } from '../../../sms/picture.ts'
import { GIF, JPEG, PNG, SECRET } from './pictures.ts'

const FORMATS = [
  ['image/jpeg', JPEG],
  ['image/png', PNG],
  ['image/gif', GIF],
] as const

function bytesOf(file: Uint8Array): Buffer {
  const read = readPicture(file)
  if ('fault' in read) throw new Error(read.fault)
  return Buffer.from(read.bytes)
}

describe('a picture', () => {
  it.each(FORMATS)('S24 %s is kept without place, device, notes and what follows its end', (type, file) => {
    expect(file.whole.includes(SECRET)).toBe(true)
    expect(readPicture(file.whole)).toMatchObject({ type })
    expect(bytesOf(file.whole)).toEqual(file.bare)
    expect(bytesOf(file.bare)).toEqual(file.bare)
  })

  it.each(FORMATS)('S24 %s that is cut off anywhere is refused, and nothing of it is kept', (_type, file) => {
    for (let end = 1; end < file.bare.length; end++) {
      expect(readPicture(file.bare.subarray(0, end)), `${end} bytes`).toHaveProperty('fault')
    }
  })

  it('S24 of a screen is what it was: what shows is not touched', () => {
    const folder = new URL('../../../docs/images/', import.meta.url)
    const files = readdirSync(folder).filter((name) => name.endsWith('.png'))
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) {
      const file = readFileSync(new URL(name, folder))
      if (file.length > MOST_PICTURE_BYTES) continue
      const kept = bytesOf(file)
      // Compared as bytes: an assertion would look at each of a million.
      const shown = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('IDAT') - 4)
      expect([name, shown(file).equals(shown(kept))]).toEqual([name, true])
    }
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['not-a-picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['not-a-picture', Buffer.from('BM and more')],
    ['not-a-picture', Buffer.from('<script>alert(1)</script>')],
    ['too-large', Buffer.alloc(MOST_PICTURE_BYTES + 1, 0xff)],
    ['cut-off', Buffer.from([0xff, 0xd8, 0xff, 0xd8])],
  ] as const)('S24 is refused: %s', (fault, file) => {
    expect(readPicture(file)).toEqual({ fault })
  })

  it('S24 however it is damaged is read or refused, and once read stays as it is', () => {
    let readable = 0
    const damages = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), damages, ([, file], damage) => {
        const broken = Buffer.from(file.whole)
        for (const [at, byte] of damage) broken[at % broken.length] = byte
        const read = readPicture(broken)
        if ('fault' in read) return
        readable++
        expect(readPicture(read.bytes)).toEqual(read)
      }),
      { numRuns: 2_000 },
    )
    expect(readable).toBeGreaterThan(100)
  })
})
