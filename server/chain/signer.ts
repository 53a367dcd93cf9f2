import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { sha256 } from './sha256.ts'

/** The public half as a JSON Web Key (RFC 8037): any JOSE library reads it. */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly alg: 'EdDSA'
  readonly use: 'sig'
  /** 32 bytes, base64url. */
  readonly x: string
  /** Thumbprint (RFC 7638): tells keys apart. */
  readonly kid: string
}

export interface Signer {
  readonly publicKey: PublicKey
  /** Ed25519 (RFC 8032) over the text, base64url: the same text gives the same signature. */
  sign(text: string): string
}

/** PKCS #8 of an Ed25519 key (RFC 8410) up to the seed. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** @param seed 32 bytes, for this purpose alone (deriveKey) */
export function createSigner(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return {
    publicKey: publicKeyOf(x),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  }
}

export function publicKeyOf(x: string): PublicKey {
  // RFC 7638: the members that make the key, in order, without blanks.
  const kid = sha256(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x, kid }
}

/** Whether the signature is this key's over the text. Never throws, whatever the key or signature. */
export function isSigned(publicKey: Pick<PublicKey, 'x'>, text: string, signature: string): boolean {
  const { x } = publicKey
  if (!/^[\w-]{43}$/.test(x)) return false
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
}
