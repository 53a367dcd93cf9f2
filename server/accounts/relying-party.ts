import { isIP } from 'node:net'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import { CHALLENGE_MS } from './challenges.ts'

/** What is kept of a new passkey. */
export interface Credential {
  /** Base64url. */
  readonly id: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
}

/**
 * The server's half of WebAuthn (Level 3). Every passkey is one that can be found without an address (discoverable) and
 * that verifies whoever holds it, by a finger, a face or a PIN: so it is both factors at once.
 */
export interface RelyingParty {
  /** Browsers make passkeys for a host with a name, over https or on this machine: not for a bare address. */
  readonly isPossible: boolean
  /**
   * Options of `navigator.credentials.create()`, as JSON.
   * @param person `handle` in hex: the authenticator keeps one passkey for each. `name` is shown by it
   * @param known ids of the passkeys that they have already
   */
  askToMake(
    challenge: string,
    person: { readonly handle: string; readonly name: string },
    known: readonly string[],
  ): Promise<object>
  /** Options of `navigator.credentials.get()`, as JSON. @param known any of these; none: whichever there is */
  askToShow(challenge: string, known: readonly string[]): Promise<object>
  /** The passkey that a browser says was made; undefined when anything about it is not as it was asked for. */
  made(challenge: string, response: unknown): Promise<Credential | undefined>
  /**
   * Whether the challenge was signed with a passkey, here and by somebody verified: the counter that was signed with it,
   * which the caller holds against the one before. Undefined when anything is not as it was asked for.
   */
  shown(challenge: string, response: unknown, known: Omit<Credential, 'counter'>): Promise<number | undefined>
}

/** Ed25519, ES256, RS256: what authenticators have (IANA COSE algorithms). */
const ALGORITHMS = [-8, -7, -257]

/** A credential id has 1023 bytes at most; the rest is bounded by the body of a request. */
const base64url = z.string().regex(/^[\w-]+$/)
const credential = {
  id: base64url.max(1364),
  rawId: base64url.max(1364),
  type: z.literal('public-key'),
}
const REGISTRATION = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, attestationObject: base64url }),
})
const AUTHENTICATION = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
})

/** The id of the passkey that a browser says was shown, base64url; undefined for what is no answer of a browser. */
export function credentialIdIn(response: unknown): string | undefined {
  return AUTHENTICATION.safeParse(response).data?.id
}

/** @param publicUrl where people reach the server: its host is the passkeys' realm, its origin the only one that may ask */
export function createRelyingParty(publicUrl: string): RelyingParty {
  const { hostname, origin, protocol } = new URL(publicUrl)
  const isHere = hostname === 'localhost' || hostname.endsWith('.localhost')
  const expected = { expectedOrigin: origin, expectedRPID: hostname, requireUserVerification: true }

  return {
    isPossible: isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0 && (protocol === 'https:' || isHere),
    askToMake: async (challenge, { handle, name }, known) => {
      const { generateRegistrationOptions } = await library()
      return generateRegistrationOptions({
        rpName: 'Sluice',
        rpID: hostname,
        userID: bytesOf(handle, 'hex'),
        userName: name,
        challenge: bytesOf(challenge, 'base64url'),
        timeout: CHALLENGE_MS,
        attestationType: 'none',
        excludeCredentials: known.map((id) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: ALGORITHMS,
      })
    },
    askToShow: async (challenge, known) => {
      const { generateAuthenticationOptions } = await library()
      return generateAuthenticationOptions({
        rpID: hostname,
        challenge: bytesOf(challenge, 'base64url'),
        timeout: CHALLENGE_MS,
        allowCredentials: known.map((id) => ({ id })),
        userVerification: 'required',
      })
    },
    made: async (challenge, response) => {
      const { data } = REGISTRATION.safeParse(response)
      if (!data || !(await isWithoutCertificate(data.response.attestationObject))) return undefined
      const { verifyRegistrationResponse } = await library()
      const answer: RegistrationResponseJSON = { ...data, clientExtensionResults: {} }
      const { registrationInfo } = await unlessRefused(
        verifyRegistrationResponse({
          ...expected,
          response: answer,
          expectedChallenge: challenge,
          supportedAlgorithmIDs: ALGORITHMS,
        }),
        { registrationInfo: undefined },
      )
      if (!registrationInfo) return undefined
      const { id, publicKey, counter } = registrationInfo.credential
      return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter }
    },
    shown: async (challenge, response, { id, publicKey }) => {
      const { data } = AUTHENTICATION.safeParse(response)
      if (data?.id !== id) return undefined
      const { verifyAuthenticationResponse } = await library()
      const answer: AuthenticationResponseJSON = { ...data, clientExtensionResults: {} }
      const { verified, authenticationInfo } = await unlessRefused(
        verifyAuthenticationResponse({
          ...expected,
          response: answer,
          expectedChallenge: challenge,
          // The library would look at the counter before the signature: a forged one must not pass for a copied key.
          credential: { id, publicKey: bytesOf(publicKey, 'base64url'), counter: 0 },
        }),
        { verified: false, authenticationInfo: undefined },
      )
      return verified ? authenticationInfo?.newCounter : undefined
    },
  }
}

/** Loaded when the first passkey is asked for: 0.2 s that no start has to wait for. */
const library = () => import('@simplewebauthn/server')

/** The library throws for each thing that is not as expected, and for what cannot be read: all of it is a refusal. */
async function unlessRefused<T, R>(checked: Promise<T>, refused: R): Promise<T | R> {
  try {
    return await checked
  } catch {
    return refused
  }
}

/**
 * Whether nothing vouches for the maker of an authenticator: that is what was asked for, and looking whether a certificate
 * was revoked would have the server fetch an address that the certificate names.
 */
async function isWithoutCertificate(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  try {
    const attestation = decodeAttestationObject(bytesOf(attestationObject, 'base64url'))
    const format = attestation.get('fmt')
    return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
  } catch {
    // No CBOR.
    return false
  }
}

function bytesOf(text: string, encoding: 'hex' | 'base64url'): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, encoding))
}
