import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { UserError } from '../errors.ts'
import type { LastingKey } from './data-keys.ts'
import { deriveKey, type MasterKey } from './key-file.ts'

/** Where a sealed text stands. It opens there and nowhere else, so that nobody can swap two of them. */
export interface Place {
  readonly table: string
  /** Primary key of the row. */
  readonly row: string
  readonly column: string
}

/** A key that texts are sealed with, and its name. */
export type SealingKey = MasterKey

/** Where an envelope has its keys from. */
export interface SealingKeys {
  /** What is sealed now is sealed with this one. Within a transaction it stays the same. */
  current(): SealingKey
  /** Throws UserError when it is not here. */
  find(id: string): SealingKey
}

/** Texts at rest that only these keys open. */
export interface Envelope {
  /** AES-256-GCM under 96 fresh random bits: `v1.<key id>.<nonce ‖ ciphertext ‖ tag, base64url>`. */
  seal(text: string, place: Place): string
  /**
   * Throws UserError when the key it was sealed with is not here, Error when the text was changed or stood in another
   * place.
   */
  open(sealed: string, place: Place): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** One key for everything. */
export function onlyKey(key: SealingKey): SealingKeys {
  return {
    current: () => key,
    find: (id) => {
      if (id === key.id) return key
      throw anotherKey()
    },
  }
}

export function anotherKey(): UserError {
  return new UserError(
    'The store was sealed with another key: start with the key file or SLUICE_KEY that it was made with.',
    500,
  )
}

export function createEnvelope(keys: SealingKeys): Envelope {
  const derived = new Map<string, Uint8Array>()

  function keyOf(named: SealingKey): Uint8Array {
    const known = derived.get(named.id)
    if (known) return known
    const key = deriveKey(named, 'store envelope', 32)
    derived.set(named.id, key)
    return key
  }

  return {
    seal: (text, place) => {
      const key = keys.current()
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', keyOf(key), nonce).setAAD(boundTo(place, key.id))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${key.id}.${sealed.toString('base64url')}`
    },
    open: (sealed, place) => {
      const [, id, body] = /^v1\.([0-9a-f]{16})\.([\w-]+)$/.exec(sealed) ?? []
      if (id === undefined || body === undefined) throw new Error(`${nameOf(place)} holds no envelope`)
      const bytes = Buffer.from(body, 'base64url')
      // Base64 leaves bits over at the end: another spelling of the same bytes is a change too.
      if (bytes.toString('base64url') !== body || bytes.length < NONCE_BYTES + TAG_BYTES) {
        throw new Error(`${nameOf(place)} holds no envelope`)
      }
      const decipher = createDecipheriv('aes-256-gcm', keyOf(keys.find(id)), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(boundTo(place, id)).setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        throw new Error(`${nameOf(place)} was changed, or belongs to another row`)
      }
    },
  }
}

/**
 * Finds a row by a text that is sealed: HMAC-SHA-256 under a key of its own, base64url. Equal texts have equal ones;
 * without the key nobody can try out texts.
 */
export function createBlindIndex(lasting: LastingKey, purpose: string): (text: string) => string {
  const key = deriveKey(lasting, `blind index of ${purpose}`, 32)
  return (text) => createHmac('sha256', key).update(text).digest('base64url')
}

function boundTo({ table, row, column }: Place, keyId: string): Buffer {
  return Buffer.from([table, row, column, keyId].join('\0'))
}

function nameOf({ table, column }: Place): string {
  return `a sealed ${table}.${column}`
}
