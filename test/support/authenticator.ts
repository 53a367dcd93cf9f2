import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** What a browser and its authenticator do otherwise than they were asked to. */
export interface Oddities {
  /** Where the page is. Default: where the authenticator was made for. */
  readonly origin?: string
  /** Default: what was asked for. */
  readonly rpId?: string
  readonly challenge?: string
  /** Whether it verified who holds it. Default true. */
  readonly isVerified?: boolean
  /** Default: one more than the last time. */
  readonly counter?: number
  /** CBOR of the attestation statement and its format, in place of none. */
  readonly attestation?: { readonly format: string; readonly statement: Buffer }
}

/** An authenticator in software with one passkey, an ES256 key, and the browser before it (WebAuthn Level 3, 6 and 7). */
export interface Authenticator {
  readonly credentialId: string
  /** What `toJSON()` gives of what `navigator.credentials.create()` makes. */
  make(options: object, oddities?: Oddities): PasskeyAnswer
  /** The same of `navigator.credentials.get()`. */
  show(options: object, oddities?: Oddities): PasskeyAnswer
}

export interface PasskeyAnswer {
  readonly id: string
  readonly rawId: string
  readonly type: string
  readonly response: Record<string, string>
  readonly clientExtensionResults: object
}

const [PRESENT, VERIFIED, WITH_KEY] = [0x01, 0x04, 0x40]

export function createAuthenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  let counter = 0

  const authenticatorData = (options: object, odd: Oddities, isNew: boolean): Buffer => {
    counter = odd.counter ?? counter + 1
    const verified = odd.isVerified === false ? 0 : VERIFIED
    const counted = Buffer.alloc(4)
    counted.writeUInt32BE(counter)
    const head = Buffer.concat([
      sha256(odd.rpId ?? rpIdOf(options)),
      Buffer.from([PRESENT | verified | (isNew ? WITH_KEY : 0)]),
      counted,
    ])
    if (!isNew) return head
    const idLength = Buffer.alloc(2)
    idLength.writeUInt16BE(credentialId.length)
    return Buffer.concat([head, Buffer.alloc(16), idLength, credentialId, coseKey(publicKey)])
  }
  const clientData = (type: string, options: object, odd: Oddities): Buffer =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: odd.challenge ?? (options as { challenge: string }).challenge,
        origin: odd.origin ?? origin,
        crossOrigin: false,
      }),
    )
  const answer = (response: Record<string, Buffer>): PasskeyAnswer => ({
    id: credentialId.toString('base64url'),
    rawId: credentialId.toString('base64url'),
    type: 'public-key',
    response: Object.fromEntries(
      Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]),
    ),
    clientExtensionResults: {},
  })

  return {
    credentialId: credentialId.toString('base64url'),
    make: (options, odd = {}) => {
      const { format, statement } = odd.attestation ?? { format: 'none', statement: Buffer.from([0xa0]) }
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        cborText('fmt'),
        cborText(format),
        cborText('attStmt'),
        statement,
        cborText('authData'),
        cborBytes(authenticatorData(options, odd, true)),
      ])
      return answer({ clientDataJSON: clientData('webauthn.create', options, odd), attestationObject })
    },
    show: (options, odd = {}) => {
      const data = authenticatorData(options, odd, false)
      const clientDataJSON = clientData('webauthn.get', options, odd)
      const signed = Buffer.concat([data, createHash('sha256').update(clientDataJSON).digest()])
      return answer({
        clientDataJSON,
        authenticatorData: data,
        signature: sign('sha256', signed, privateKey),
      })
    },
  }
}

function rpIdOf(options: object): string {
  const { rp, rpId } = options as { rp?: { id: string }; rpId?: string }
  return rpId ?? rp?.id ?? ''
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`: a key for ES256 (RFC 9053). */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(y, 'base64url')),
  ])
}

/** A text of less than 24 bytes (RFC 8949). */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}

/** Bytes with the shortest head that holds their length: readers hold what they read against that. */
export function cborBytes(bytes: Buffer): Buffer {
  const { length } = bytes
  const head =
    length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), bytes])
}
