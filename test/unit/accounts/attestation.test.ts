import * as webauthn from '@simplewebauthn/server'
import { expect, it, vi } from 'vitest'
import { cborBytes, createAuthenticator } from '../../support/authenticator.ts'
import { enrol, HERE, refusal } from './passkey-rig.ts'
import { scene } from './rig.ts'

// Counts what is looked at, and looks.
vi.mock('@simplewebauthn/server', async (original) => {
  const real = await original<typeof webauthn>()
  return {
    ...real,
    verifyRegistrationResponse: vi.fn<typeof real.verifyRegistrationResponse>(
      real.verifyRegistrationResponse,
    ),
  }
})

it('R4.3 a certificate of an authenticator is refused unread: its revocation list would have to be fetched', async () => {
  const all = await scene({ publicUrl: HERE })
  const owner = await all.owner()
  const verify = vi.mocked(webauthn.verifyRegistrationResponse)
  verify.mockClear()
  const withCertificate = Buffer.concat([
    Buffer.from([0xa1, 0x63]),
    Buffer.from('x5c'),
    Buffer.from([0x81]),
    cborBytes(Buffer.alloc(9)),
  ])
  for (const format of ['packed', 'fido-u2f', 'tpm', 'apple']) {
    const attestation = { format, statement: withCertificate }
    const refused = await refusal(enrol(all, owner, createAuthenticator(HERE), { attestation }))
    expect([format, refused.status]).toEqual([format, 400])
  }
  expect(verify).not.toHaveBeenCalled()
  await enrol(all, owner, createAuthenticator(HERE))
  expect(verify).toHaveBeenCalledOnce()
})
