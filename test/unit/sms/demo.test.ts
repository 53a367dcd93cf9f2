import { describe, expect, it } from 'vitest'
import { runSmsDemo } from '../../../server/sms/demo.ts'
import { verifyProof } from '../../../server/sms/proof/verify.ts'

describe('sluice sms demo', () => {
  it('S7 S9 S11 shows a life from the sign-up to the proof: one question each, nothing after STOP, a proof that verifies', async () => {
    const said: string[] = []
    const { handsets, proof, key, faults, remarks, isForgeryFound, requests } = await runSmsDemo((line) =>
      said.push(line),
    )
    expect([faults, remarks, isForgeryFound]).toEqual([[], [], true])
    const got = Object.values(handsets)
    expect(got.map((texts) => texts.filter((text) => text.includes('reply YES')).length)).toEqual([1, 1, 1])
    expect(got.map((texts) => texts.filter((text) => text.startsWith('Two lattes')).length)).toEqual([
      1, 1, 1,
    ])
    expect(got.map((texts) => texts.filter((text) => text.startsWith('Last hours')).length)).toEqual([
      0, 1, 1,
    ])
    // By the interface of RingCentral, and heard of by its webhook: nothing is handed over within this process.
    expect(requests).toBeGreaterThan(10)
    expect(said).toContain('RingCentral was told of it too.')
    expect(verifyProof(proof, key)).toMatchObject({ faults: [], number: '+1••••••0121' })
    // S17: nothing that is printed holds a number.
    expect(said.join('\n')).not.toMatch(/\d{7}/)
    expect(said.at(-1)).toContain('one letter of it changed')
  })
})
