import { describe, expect, it } from 'vitest'
import { createSigner } from '../../../../server/chain/signer.ts'
import { proofText, type ProofEntry } from '../../../../server/sms/proof/bundle.ts'
import { signProof } from '../../../../server/sms/proof/bundle.ts'
import { proofPage } from '../../../../server/sms/proof/page.ts'
import { NoProof, verifyProof } from '../../../../server/sms/proof/verify.ts'
import { at, LIFE, MESSAGE, PROGRAM, proofOf, saidOf, SIGNER } from './scene.ts'

const KEY = SIGNER.publicKey.x

/** Whether a changed file is found: by a fault, or since it is none any more. */
function isFound(text: string): boolean {
  try {
    return verifyProof(text, KEY).faults.length > 0
  } catch (error) {
    if (error instanceof NoProof) return true
    throw error
  }
}

describe('S11 a proof', () => {
  it('S11 is verified by itself, as JSON and as a page', () => {
    const proof = proofOf()
    for (const text of [proofText(proof), proofPage(proof, SIGNER)]) {
      expect(verifyProof(text, KEY)).toMatchObject({ entries: 3, messages: 1, faults: [], remarks: [] })
      expect(verifyProof(text).publicKey).toEqual(SIGNER.publicKey)
    }
  })

  it('S11 altering any one byte of the JSON fails', { timeout: 120_000 }, () => {
    const bytes = Buffer.from(proofText(proofOf()))
    const missed: number[] = []
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes)
      // Another bit each time, so that letters change their case and digits their value.
      changed[place] = (changed[place] ?? 0) ^ (1 << (place % 7))
      if (!isFound(changed.toString('utf8'))) missed.push(place)
    }
    expect(missed).toEqual([])
  })

  it(
    'S11 altering any one byte of the page fails, and so does cutting one off or adding one',
    { timeout: 120_000 },
    () => {
      const page = Buffer.from(proofPage(proofOf(), SIGNER))
      const missed: number[] = []
      // The style alone is half of it: of its bytes every seventh.
      const styled = page.indexOf('</style>')
      for (let place = 0; place < page.length; place += place < styled ? 7 : 1) {
        const changed = Buffer.from(page)
        changed[place] = (changed[place] ?? 0) ^ (1 << (place % 7))
        if (!isFound(changed.toString('utf8'))) missed.push(place)
      }
      expect(missed).toEqual([])
      const text = page.toString('utf8')
      const proof = proofText(proofOf())
      for (const changed of [
        text.slice(0, -1),
        `${text} `,
        `${text}<p>more</p>`,
        proof.slice(0, -1),
        `${proof} `,
        ` ${proof}`,
      ]) {
        expect(isFound(changed)).toBe(true)
      }
    },
  )

  it('S11 signed by somebody else is found where the key is known, and named where it is not', () => {
    const other = createSigner(Buffer.alloc(32, 9))
    const forged = signProof({ ...saidOf(), key: other.publicKey }, other)
    expect(verifyProof(proofText(forged), KEY).faults).not.toEqual([])
    const { publicKey, faults } = verifyProof(proofText(forged))
    expect(publicKey.x).toBe(other.publicKey.x)
    // The head of the ledger is signed by the key that it names.
    expect(faults.join(' ')).toContain('head of the ledger')
  })

  const withEntries = (change: (entries: ProofEntry[]) => ProofEntry[]): string[] => [
    ...verifyProof(proofText(proofOf({ entries: change([...saidOf().entries]) })), KEY).faults,
  ]
  const first = (change: (entry: ProofEntry) => ProofEntry): string =>
    withEntries(([one, ...rest]) => [change(one as ProofEntry), ...rest]).join(' ')

  it('S21 entries that were changed, moved, doubled or are another ledger’s are found though the sender signed them', () => {
    expect(first(({ row, ...rest }) => ({ ...rest, row: { ...row, occurredAt: at(0) } }))).toContain(
      'was changed',
    )
    expect(first((one) => ({ ...one, shown: { payload: { disclosure: 'x' }, salt: '0' } }))).toContain(
      'not what it was written with',
    )
    expect(first((one) => ({ ...one, path: one.path.slice(1) }))).toContain('not in the ledger')
    expect(first((one) => ({ ...one, previous: one.hash }))).toContain('was changed')
    expect(withEntries((entries) => entries.toReversed()).join(' ')).toContain('does not stand in its place')
    expect(withEntries(([one, ...rest]) => [one, one, ...rest] as ProofEntry[]).join(' ')).toContain(
      'in its place',
    )
    const [, ...others] = LIFE
    const { entries } = saidOf({}, others)
    expect(verifyProof(proofText(proofOf({ entries })), KEY).faults.join(' ')).toContain('not in the ledger')
  })

  it('S21 a head of fewer rows does not cover what was cut off', () => {
    const { ledger } = saidOf({}, LIFE.slice(0, -1))
    expect(verifyProof(proofText(proofOf({ ledger })), KEY).faults.join(' ')).toContain(
      'Row 5 is not in the ledger',
    )
  })

  it('S11 a masked proof withholds what it does not show, and is proven all the same', () => {
    const [one, ...rest] = saidOf().entries
    const proof = proofOf({ isMasked: true, entries: [{ ...(one as ProofEntry), shown: null }, ...rest] })
    expect(verifyProof(proofText(proof), KEY).faults).toEqual([])
    expect(proofPage(proof, SIGNER)).toContain('withheld in this masked proof')
  })

  it('what is no proof is named so', () => {
    for (const text of [
      '',
      '{}',
      '[]',
      'null',
      '{"proof":"sms"}',
      '<!doctype html><p>',
      'x',
      '{"proof":"sms","key":{}}',
    ]) {
      expect(() => verifyProof(text, KEY)).toThrow(NoProof)
    }
  })
})

describe('S11 what a proof itself shows', () => {
  const remarks = (change: Partial<typeof MESSAGE>, told = LIFE): string =>
    verifyProof(proofText(proofOf({ messages: [{ ...MESSAGE, ...change }] }, told)), KEY).remarks.join(' ')

  it('S7 a message after an opt-out, unless it was on its way already', () => {
    expect(remarks({ handed: at(11) })).toContain('after an opt-out')
    expect(remarks({ handed: at(11), wasInFlight: true })).toBe('')
    expect(remarks({ handed: at(11), purpose: 'answer', allowedBy: null })).toBe('')
    expect(remarks({ handed: at(21) }, [...LIFE, { event: 'start', minute: 20 }])).toBe('')
  })

  it('S5 S9 a message that no consent allows, that is older than it, or was never confirmed', () => {
    expect(remarks({ allowedBy: null })).toContain('names no entry')
    expect(remarks({ allowedBy: 'e1' })).toContain('not here')
    expect(remarks({ allowedBy: 'e5' })).toContain('gives no consent')
    expect(remarks({ handed: at(0) })).toContain('before the entry')
    expect(remarks({ handed: at(1) })).toContain('before the number had confirmed')
    expect(remarks({ handed: null })).toBe('')
  })
})

describe('the page of a proof', () => {
  it('S11 shows the text that was agreed to word for word, and what came of it', () => {
    const page = proofPage(proofOf(), SIGNER)
    for (const said of ['Msg &amp; data rates may apply', 'STOP', 'Lantern Deals', 'delivered', PROGRAM]) {
      expect(page).toContain(said)
    }
    expect(page).not.toContain('YES <3')
    expect(page.split('<script').length).toBe(2)
  })
})
