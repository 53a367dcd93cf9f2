import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { createBlindIndex, createEnvelope, onlyKey } from '../../../server/store/envelope.ts'
import { loadMasterKey, type MasterKey } from '../../../server/store/key-file.ts'
import { LASTING, lastingKey } from './keys.ts'
import { listen } from './opened.ts'

const keyOf = (text: Buffer): MasterKey =>
  loadMasterKey({ dataDir: '', envKey: text.toString('hex'), log: listen().log })
const master = keyOf(Buffer.alloc(32, 1))
const place = { table: 'account', row: 'a1', column: 'email' }

describe('R4.1 an envelope', () => {
  it.each(['', 'ann@example.org', 'ä€😀', 'x'.repeat(10_000)])(
    'opens to the text that was sealed: %.20s',
    (text) => {
      const envelope = createEnvelope(onlyKey(master))
      const sealed = envelope.seal(text, place)
      expect(sealed).toMatch(/^v1\.[0-9a-f]{16}\.[\w-]+$/)
      expect(envelope.open(sealed, place)).toBe(text)
    },
  )

  it('is another each time, so that equal texts do not show', () => {
    const envelope = createEnvelope(onlyKey(master))
    const made = Array.from({ length: 100 }, () => envelope.seal('ann@example.org', place))
    expect(new Set(made).size).toBe(100)
  })

  it('opens in its own place only', () => {
    const envelope = createEnvelope(onlyKey(master))
    const sealed = envelope.seal('ann@example.org', place)
    for (const elsewhere of [
      { ...place, table: 'recipient' },
      { ...place, row: 'a2' },
      { ...place, column: 'totp_secret' },
      { table: 'account\0a1', row: '', column: 'email' },
    ]) {
      expect(() => envelope.open(sealed, elsewhere)).toThrow(/was changed, or belongs to another row/)
    }
  })

  it('does not open when a single bit was flipped, nor when it was cut', () => {
    const envelope = createEnvelope(onlyKey(master))
    const sealed = envelope.seal('ann@example.org', place)
    const [version = '', id = '', body = ''] = sealed.split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => envelope.open(`${version}.${id}.${flipped.toString('base64url')}`, place)).toThrow(
        /sealed account\.email|another key/,
      )
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => envelope.open(sealed.slice(0, length), place)).toThrow(/sealed account\.email|another key/)
    }
  })

  it('fails cleanly with another key, and names neither key nor text', () => {
    const sealed = createEnvelope(onlyKey(master)).seal('ann@example.org', place)
    const other = createEnvelope(onlyKey(keyOf(randomBytes(32))))
    expect(() => other.open(sealed, place)).toThrow(UserError)
    expect(() => other.open(sealed, place)).toThrow(/another key/)
  })

  it('of an earlier key still opens, and is sealed anew with the present one', () => {
    const sealed = createEnvelope(onlyKey(master)).seal('ann@example.org', place)
    const next = keyOf(Buffer.alloc(32, 2))
    const envelope = createEnvelope({
      current: () => next,
      find: (id) => (id === next.id ? next : onlyKey(master).find(id)),
    })
    expect(envelope.open(sealed, place)).toBe('ann@example.org')
    expect(createEnvelope(onlyKey(next)).open(envelope.seal('ann@example.org', place), place)).toBe(
      'ann@example.org',
    )
  })

  it('is found by an index that is worth nothing without its key', () => {
    const index = createBlindIndex(LASTING, 'account e-mail')
    expect(index('ann@example.org')).toBe(createBlindIndex(LASTING, 'account e-mail')('ann@example.org'))
    expect(index('ann@example.org')).not.toBe(index('bob@example.org'))
    expect(index('ann@example.org')).not.toBe(createBlindIndex(LASTING, 'phone')('ann@example.org'))
    expect(index('ann@example.org')).not.toBe(
      createBlindIndex(lastingKey('two'), 'account e-mail')('ann@example.org'),
    )
  })
})
