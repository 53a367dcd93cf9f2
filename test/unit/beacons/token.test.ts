import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMailTokens, TOKEN_LENGTH, type MailToken } from '../../../server/beacons/token.ts'
import { lastingKey, LASTING } from '../store/keys.ts'

const MAX_ID = 2 ** 52 - 1
const tokens = createMailTokens(LASTING)
const token: MailToken = {
  kind: 'open',
  siteId: 4_503_599_627_370_495,
  campaignId: 77,
  recipient: 'AAECAwQFBgcICQoLDA0ODw',
  linkId: 0,
  madeAt: 1_790_000_000,
  expiresAt: 1_797_776_000,
}

describe('R7.1 R4.1 what the addresses in a mail carry', () => {
  it('says to us what was put into it, and to nobody else anything', () => {
    const some = fc.record({
      kind: fc.constantFrom<MailToken['kind']>('open', 'link', 'withdraw'),
      siteId: fc.integer({ min: 1, max: MAX_ID }),
      campaignId: fc.integer({ min: 1, max: MAX_ID }),
      recipient: fc.oneof(
        fc.constant(''),
        fc
          .uint8Array({ minLength: 16, maxLength: 16 })
          .filter((bytes) => bytes.some((byte) => byte !== 0))
          .map((bytes) => Buffer.from(bytes).toString('base64url')),
      ),
      linkId: fc.integer({ min: 0, max: MAX_ID }),
      madeAt: fc.integer({ min: 0, max: 4_000_000_000 }),
      expiresAt: fc.integer({ min: 0, max: 4_000_000_000 }),
    })
    fc.assert(
      fc.property(some, (one) => {
        const text = tokens.seal(one)
        expect(text).toMatch(new RegExp(`^[\\w-]{${TOKEN_LENGTH}}$`))
        expect(tokens.open(text)).toEqual(one)
        expect(createMailTokens(lastingKey('another')).open(text)).toBeUndefined()
        if (one.recipient !== '') expect(text).not.toContain(one.recipient)
      }),
    )
  })

  it('is the same for a whole day where it names nobody, and another for each mail where it does', () => {
    const aggregate = { ...token, recipient: '' }
    expect(tokens.seal(aggregate)).toBe(createMailTokens(LASTING).seal(aggregate))
    expect(tokens.seal(token)).not.toBe(tokens.seal(token))
  })

  it('is none once a single bit of it is another', () => {
    const text = tokens.seal(token)
    const bytes = Buffer.from(text, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(tokens.open(changed.toString('base64url'))).toBeUndefined()
    }
  })

  it('is none in any other spelling, and no text makes it throw', () => {
    const text = tokens.seal(token)
    const others = [
      text.slice(1),
      `${text}A`,
      `${text}=`,
      text.replace(/.$/, '+'),
      '',
      '\0',
      'A'.repeat(5_000),
    ]
    for (const other of [...others, 'A'.repeat(TOKEN_LENGTH), '_'.repeat(TOKEN_LENGTH)]) {
      expect(tokens.open(other)).toBeUndefined()
    }
  })
})
