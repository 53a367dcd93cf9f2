import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'

/**
 * What the addresses in a mail carry: which campaign, and in mails of the mode `identified` which recipient's consent.
 * Sealed by AES-256-GCM, so that it says nothing to anybody else, and all of one length, so that nobody can tell one kind
 * from another. A token holds no address, and nothing that is made of one.
 */
export interface MailToken {
  readonly kind: TokenKind
  readonly siteId: number
  readonly campaignId: number
  /** Id of the recipient, 128 bits in base64url; empty in what is the same for all. */
  readonly recipient: string
  /** Where a link leads; 0 for other kinds. */
  readonly linkId: number
  /** When it was made, Unix seconds; of what is the same for a whole day, that day's beginning in UTC. */
  readonly madeAt: number
  /** Unix seconds, from which nothing is counted. */
  readonly expiresAt: number
}

export type TokenKind = 'open' | 'link' | 'withdraw'

export interface MailTokens {
  /** The same for the same, where it names no recipient: one address for a campaign and day. */
  seal(token: MailToken): string
  /**
   * What a text says; undefined where it was not made here. Whatever it is given, the work is that of opening one. Never
   * throws. Whether it has expired is left to the caller.
   */
  open(text: string): MailToken | undefined
}

const KINDS: readonly TokenKind[] = ['open', 'link', 'withdraw']
const VERSION = 1
const MONTH_BYTES = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16
const RECIPIENT_BYTES = 16
/** Ids have 52 bits. */
const ID_BYTES = 7
const TIME_BYTES = 6
/** Kind, site, campaign, recipient, link, made, expires. */
const AT = {
  site: 1,
  campaign: 1 + ID_BYTES,
  recipient: 1 + 2 * ID_BYTES,
  link: 1 + 2 * ID_BYTES + RECIPIENT_BYTES,
  madeAt: 1 + 3 * ID_BYTES + RECIPIENT_BYTES,
  expiresAt: 1 + 3 * ID_BYTES + RECIPIENT_BYTES + TIME_BYTES,
} as const
const SEALED_BYTES = AT.expiresAt + TIME_BYTES
const HEAD_BYTES = 1 + MONTH_BYTES
/** 81: base64url writes them without a spare bit, so that no token can be written in two ways. */
const TOKEN_BYTES = HEAD_BYTES + NONCE_BYTES + SEALED_BYTES + TAG_BYTES
export const TOKEN_LENGTH = (TOKEN_BYTES * 4) / 3
const FORM = new RegExp(`^[\\w-]{${TOKEN_LENGTH}}$`)
/** Opened in place of a text that cannot be a token, so that it costs the same. */
const NOTHING = Buffer.alloc(TOKEN_BYTES)
/** Keys of months that are kept at a time: mails are counted for some months. */
const KEPT_KEYS = 64

interface MonthKeys {
  readonly sealing: Uint8Array
  readonly nonces: Uint8Array
}

/** Each month has keys of its own, so that none seals more than a month's mails. */
export function createMailTokens(lasting: LastingKey): MailTokens {
  const keys = new Map<number, MonthKeys>()

  function keysOf(month: number): MonthKeys {
    const known = keys.get(month)
    if (known) return known
    const made = {
      sealing: deriveKey(lasting, `mail tokens of month ${month}`, 32),
      nonces: deriveKey(lasting, `nonces of mail tokens of month ${month}`, 32),
    }
    // Anybody can name any month.
    if (keys.size >= KEPT_KEYS) keys.clear()
    keys.set(month, made)
    return made
  }

  return {
    seal(token) {
      const month = monthOf(token.madeAt)
      const { sealing, nonces } = keysOf(month)
      const head = Buffer.from([VERSION, month >> 8, month & 0xff])
      const plain = write(token)
      const nonce =
        token.recipient === ''
          ? createHmac('sha256', nonces).update(plain).digest().subarray(0, NONCE_BYTES)
          : randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(head)
      const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      return Buffer.concat([head, nonce, sealed]).toString('base64url')
    },
    open(text) {
      const bytes = FORM.test(text) ? Buffer.from(text, 'base64url') : NOTHING
      const head = bytes.subarray(0, HEAD_BYTES)
      const sealed = bytes.subarray(HEAD_BYTES + NONCE_BYTES)
      const decipher = createDecipheriv(
        'aes-256-gcm',
        keysOf(head.readUInt16BE(1)).sealing,
        bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES),
        { authTagLength: TAG_BYTES },
      )
      decipher.setAAD(head).setAuthTag(sealed.subarray(-TAG_BYTES))
      const plain = decipher.update(sealed.subarray(0, -TAG_BYTES))
      try {
        decipher.final()
      } catch {
        // It was not sealed here.
        return undefined
      }
      return head[0] === VERSION ? read(plain) : undefined
    },
  }
}

/** Months since 1970, below 65,536 for five thousand years. */
function monthOf(seconds: number): number {
  const time = new Date(seconds * 1_000)
  return (time.getUTCFullYear() - 1970) * 12 + time.getUTCMonth()
}

function write(token: MailToken): Buffer {
  const bytes = Buffer.alloc(SEALED_BYTES)
  bytes.writeUInt8(KINDS.indexOf(token.kind), 0)
  writeId(bytes, token.siteId, AT.site)
  writeId(bytes, token.campaignId, AT.campaign)
  Buffer.from(token.recipient, 'base64url').copy(bytes, AT.recipient, 0, RECIPIENT_BYTES)
  writeId(bytes, token.linkId, AT.link)
  bytes.writeUIntBE(token.madeAt, AT.madeAt, TIME_BYTES)
  bytes.writeUIntBE(token.expiresAt, AT.expiresAt, TIME_BYTES)
  return bytes
}

function read(bytes: Buffer): MailToken | undefined {
  const kind = KINDS[bytes.readUInt8(0)]
  if (kind === undefined) return undefined
  const recipient = bytes.subarray(AT.recipient, AT.recipient + RECIPIENT_BYTES)
  return {
    kind,
    siteId: readId(bytes, AT.site),
    campaignId: readId(bytes, AT.campaign),
    recipient: recipient.every((byte) => byte === 0) ? '' : recipient.toString('base64url'),
    linkId: readId(bytes, AT.link),
    madeAt: bytes.readUIntBE(AT.madeAt, TIME_BYTES),
    expiresAt: bytes.readUIntBE(AT.expiresAt, TIME_BYTES),
  }
}

/** In two parts: Node writes six bytes at once. */
function writeId(bytes: Buffer, id: number, at: number): void {
  bytes.writeUInt8(Math.floor(id / 2 ** 48), at)
  bytes.writeUIntBE(id % 2 ** 48, at + 1, 6)
}

function readId(bytes: Buffer, at: number): number {
  return bytes.readUInt8(at) * 2 ** 48 + bytes.readUIntBE(at + 1, 6)
}
