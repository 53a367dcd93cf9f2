import type { Kysely, Transaction } from 'kysely'
import type { SmsAuditAction } from '../schema/sms.ts'
import type { SmsTables } from './store/tables.ts'

export type {
  Capabilities,
  ConsentChange,
  DeliveryWord,
  Listed,
  Lost,
  Order,
  Outcome,
  Picture,
  Provider,
  ProviderEvent,
  Pushed,
  Sighting,
  Sightings,
} from './provider.ts'

/** What the module needs from outside: it reads no clock, makes no random text and opens no connection itself. */

export interface Clock {
  /** Unix milliseconds. */
  now(): number
}

export interface Random {
  /** So many random bytes, hex. */
  hex(bytes: number): string
  /** From 0 up to 1, for pauses that should not all end at once. */
  fraction(): number
}

/** Queries, in a transaction or outside of one. */
export type Db = Kysely<SmsTables>
export type SmsTransaction = Transaction<SmsTables>

export interface SmsStore {
  readonly db: Db
  /**
   * All or nothing, holding the write lock from the start: transactions of all processes come one after the other, and
   * each sees what those before it did. Everything about a subject is decided in one.
   */
  transaction<T>(run: (transaction: SmsTransaction) => Promise<T>): Promise<T>
}

/** Where a sealed text stands. It opens there and nowhere else. */
export interface Place {
  readonly table: keyof SmsTables
  /** Primary key of the row. */
  readonly row: string
  readonly column: string
}

/** Texts at rest that only one key opens, AES-256-GCM. */
export interface Envelope {
  seal(text: string, place: Place): string
  /** Throws Error where it was changed or stood in another place. */
  open(sealed: string, place: Place): string
}

/** What a blind index is of; each has a key of its own. */
export type IndexPurpose =
  'sms sender' | 'sms subject' | 'sms suppression' | 'sms message' | 'sms request' | 'sms text'

export interface Sealing {
  /** Under the keys of the installation. Seal within the transaction that keeps it. */
  readonly envelope: Envelope
  /** A fresh key for one subject, base64url. */
  newKey(): string
  /** An envelope under such a key. */
  under(key: string): Envelope
  /** HMAC-SHA-256, base64url: equal texts have equal ones, and without the key nobody can try out texts. */
  index(purpose: IndexPurpose): (text: string) => string
}

/** What the ledger is hashed and signed with. */
export interface Chain {
  /** RFC 8785. Throws TypeError for what JSON would lose or change. */
  canonicalJson(value: unknown): string
  /** SHA-256 of the parts one after the other, base64url. */
  hash(...parts: string[]): string
  /** Names the key that signs. */
  readonly keyId: string
  /** Ed25519, base64url. */
  sign(text: string): string
}

/** Who did it, in the words of the audit log. */
export type Actor =
  `account:${string}` | `key:${string}` | `share:${string}` | 'terminal' | 'server' | 'nobody'

export interface SmsAuditEvent {
  readonly actor: Actor
  readonly action: SmsAuditAction
  /** Id of a sender, program, message or subject. Never a number. */
  readonly subject?: string
  readonly reason?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

export interface Audit {
  /** Appends within a transaction, so that what was done and the row that tells of it are kept together or not at all. */
  append(transaction: SmsTransaction, event: SmsAuditEvent): Promise<void>
}

/** What somebody is told of at once, wherever they are. */
export interface Alarm {
  raise(what: 'sms.sender-suspended' | 'sms.sender-restricted' | 'sms.given-up'): void
}

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** All of it but the provider, which tests and configuration choose. */
export interface SmsPorts {
  readonly store: SmsStore
  readonly clock: Clock
  readonly random: Random
  readonly sealing: Sealing
  readonly chain: Chain
  readonly audit: Audit
  readonly alarm: Alarm
  readonly log: Log
}
