import type { SimulatorClock } from './clock.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

/** States of a registered campaign; with any but `Confirmed` nothing goes out. */
export type CampaignStatus =
  | 'Created'
  | 'Submitted'
  | 'Confirmed'
  | 'SubmitFailed'
  | 'UpdateRequested'
  | 'DeleteRequested'
  | 'CampaignSuspended'
  | 'CampaignExpired'
  | 'Draft'
  | 'PreVetFailed'
  | 'Unconfirmed'

/** A number of the simulated account. */
export interface OwnNumber {
  /** E.164. */
  readonly number: string
  /** `SmsSender`, `MmsSender`, `A2PSmsSender`, `InternationalSmsSender`. */
  readonly features: readonly string[]
  readonly campaign: CampaignStatus
  readonly useCases: readonly string[]
  /** Owned by another extension: it is listed for nobody and sends nothing. */
  readonly isForeign?: boolean
}

export type MessageStatus = 'Queued' | 'Sent' | 'Delivered' | 'DeliveryFailed' | 'SendingFailed' | 'Received'

export interface Message {
  readonly id: bigint
  /** Which of the two generations of the API it is of. */
  readonly api: 'v1' | 'a2p'
  readonly direction: 'Inbound' | 'Outbound'
  readonly from: string
  readonly to: string
  readonly text: string
  readonly media: number
  readonly createdAt: number
  /** Digits of the seconds that are finer than a millisecond. */
  readonly finer: string
  readonly batchId: string | undefined
  readonly segments: number
  readonly conversation: bigint
  status: MessageStatus
  errorCode: string | undefined
  modifiedAt: number
}

export interface Batch {
  readonly id: string
  readonly from: string
  readonly createdAt: number
  readonly messages: readonly Message[]
}

/** What a handset got. */
export interface Received {
  /** Unix milliseconds at which it rang. */
  readonly at: number
  readonly from: string
  readonly to: string
  readonly text: string
  /** Pictures and other attachments. */
  readonly media: number
  /** Sent through the API, or the provider's own answer to a keyword. */
  readonly by: 'api' | 'auto-reply'
  /** When the API took it, and its id there; the same as `at` for an answer. */
  readonly acceptedAt: number
  readonly messageId: string
}

export type OptStatus = 'OptOut' | 'OptIn'
export type ConsentSource = 'Recipient' | 'Api' | 'Upstream' | 'Carrier'

/** Of a pair; kept anew with each change. */
export interface ConsentRecord {
  readonly from: string
  readonly to: string
  readonly status: OptStatus
  readonly source: ConsentSource
  readonly at: number
  readonly finer: string
}

export interface Subscription {
  readonly id: string
  readonly createdAt: number
  readonly address: string
  readonly verificationToken: string | undefined
  filters: readonly string[]
  disabled: readonly { filter: string; reason: string; message: string }[]
  expiresAt: number
  expiresIn: number
  status: 'Active' | 'Blacklisted'
  blacklisted: { at: number; reason: string } | undefined
  /** Events in a row that could not be delivered. */
  failures: number
}

/** A request that came, for whoever asserts what was sent. */
export interface SeenRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly status: number
  /** It came while its rate group was closed and made that last longer. */
  readonly isDuringPenalty: boolean
}

export interface Settings {
  readonly clientId: string
  readonly clientSecret: string
  readonly jwt: string
  /** Permissions of the application. */
  readonly scopes: readonly string[]
  readonly accountId: string
  readonly extensionId: string
  /** Requests a minute by group. */
  readonly limits: Readonly<Record<RateGroup, number>>
  readonly tokenSeconds: number
  /** Who answers STOP with the confirmation of the registered campaign. */
  readonly confirmation: 'provider' | 'self'
  /** Whether STOP blocks regular numbers too: documents contradict each other. */
  readonly blocksRegular: boolean
  /** From the queue to the network, and from there to the receipt, in milliseconds. */
  readonly carrierMs: number
  /** Leaves the queue no faster than the cap of the number, as the real one does. */
  readonly isPaced: boolean
  /** Events in a row that may fail until a subscription is blacklisted. */
  readonly blacklistAfter: number
}

export type RateGroup = 'light' | 'medium' | 'heavy' | 'auth'

/** All that is, in one place; each part changes its own. */
export interface World {
  readonly settings: Settings
  readonly clock: SimulatorClock
  readonly random: Random
  readonly faults: Faults
  readonly numbers: Map<string, OwnNumber & { readonly id: bigint }>
  readonly messages: Map<string, Message>
  readonly batches: Map<string, Batch>
  /** By pair, `from to`. */
  readonly consents: Map<string, ConsentRecord>
  readonly history: ConsentRecord[]
  readonly subscriptions: Map<string, Subscription>
  readonly received: Received[]
  readonly requests: SeenRequest[]
}

/** A time as the older interfaces write it, to the millisecond. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** A time as the newer ones do, with six to nine digits. */
export function fineTime(ms: number, finer: string): string {
  return isoTime(ms).replace('Z', `${finer}Z`)
}

/** Three to six digits more. */
export function finerDigits(random: Random): string {
  return random.digits(3 + Math.floor(random.share() * 4))
}

export function isTollFree(number: string): boolean {
  return /^\+1(?:800|833|844|855|866|877|888)/.test(number)
}

export const E164 = /^\+[1-9]\d{6,14}$/
