import { z } from 'zod'

/** Shapes that several routes take or answer. */

/** The parameter behind `?` of what concerns one site. */
export const OF_SITE = z.object({ site: z.string().describe('the domain of the site') })

/** ISO 8601 in UTC. */
export const TIME = z.iso.datetime()
export const DAY = z.iso.date()

/** Which thing is gone. */
export const REMOVED = z.object({ removed: z.string() })
export const REVOKED = z.object({ revoked: z.string() })
export const ERASED = z.object({ erased: z.literal(true) })

/** A public key as a JSON Web Key (RFC 8037). */
export const PUBLIC_KEY = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  x: z.string().describe('32 bytes, base64url'),
  kid: z.string().describe('thumbprint (RFC 7638)'),
})

/** How far a chain of rows reaches, signed. */
export const SIGNED_HEAD = z.object({
  seq: z.int(),
  hash: z.string(),
  time: TIME,
  key: z.string().describe('`kid` of the key that signed'),
  signature: z.string().describe('Ed25519, base64url'),
})

/** A row that is tied to the one before it. */
export const CHAINED_ROW = z.object({ seq: z.int(), previous: z.string(), hash: z.string() })

/** What a browser is asked to do, by Web Authentication: PublicKeyCredentialRequestOptionsJSON or -CreationOptionsJSON. */
export const PASSKEY_OPTIONS = z.looseObject({ challenge: z.string() })

/** Something that a visit reaches: an event, or a page by its pattern. */
export const GOAL = z.union([
  z.object({ name: z.string(), event: z.string() }),
  z.object({ name: z.string(), page: z.string() }),
])
