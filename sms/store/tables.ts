import type { ConsentState } from '../consent.ts'
import type { SenderClass } from '../limits.ts'
import type { PictureType } from '../picture.ts'

/** The module's tables at rest, column by column as in schema/store/. Times are Unix milliseconds, claims 0 or 1. */
export interface SmsTables {
  sms_sender: SenderTable
  sms_program: ProgramTable
  sms_disclosure: DisclosureTable
  sms_subject: SubjectTable
  sms_consent: ConsentTable
  sms_suppression: SuppressionTable
  sms_ledger: LedgerTable
  sms_ledger_head: LedgerHeadTable
  sms_message: MessageTable
  sms_inbound: InboundTable
  sms_event: EventTable
  sms_push: PushTable
  sms_cost: CostTable
  sms_cursor: CursorTable
  sms_hold: HoldTable
  sms_approval: ApprovalTable
  sms_media: MediaTable
}

export const SENDER_STATES = ['active', 'restricted', 'suspended'] as const
export type SenderState = (typeof SENDER_STATES)[number]

export interface SenderTable {
  id: string
  number: string
  number_index: string
  class: SenderClass
  features: string
  campaign: string
  use_cases: string
  state: SenderState
  state_reason: string | null
  state_since: number
  confirmation_by: 'provider' | 'self'
  slots: string
  rest_until: number
  prices: string
  created_at: number
  trial_at: number | null
  relapses: number
}

export interface ProgramTable {
  id: string
  site_id: number
  sender_id: string
  name: string
  program: string
  created_at: number
  ended_at: number | null
}

export interface DisclosureTable {
  program_id: string
  version: string
  locale: string
  wording: string
  wording_hash: string
  created_at: number
}

export interface SubjectTable {
  id: string
  number: string | null
  number_index: string | null
  wrapped_key: string | null
  place: string | null
  epoch: number
  elsewhere: string
  created_at: number
  unreachable_since: number | null
  erased_at: number | null
}

export interface ConsentTable {
  subject_id: string
  program_id: string
  state: string
  standing: ConsentState['is']
  changed_at: number
}

export interface SuppressionTable {
  number_index: string
  state: string
  since: number
}

export interface LedgerTable {
  seq: number
  id: string
  subject_id: string
  program_id: string | null
  event: string
  occurred_at: string
  recorded_at: string
  actor: string
  method: string
  commitment: string
  payload: string | null
  prev_hash: string
  row_hash: string
}

export interface LedgerHeadTable {
  single: number
  seq: number
  row_hash: string
  time: string
  key_id: string
  signature: string
}

/** What a message is for, which decides what it has to pass (gate.ts). */
export type Purpose = 'program' | 'request' | 'answer'

/**
 * Where a message is. It leaves `queued` by a decision of the gate only; from `dispatching` on it may have left; the
 * last four are ends.
 */
export const MESSAGE_STATUSES = [
  'queued',
  'dispatching',
  'handed',
  'unknown',
  'accepted',
  'blocked',
  'cancelled',
  'refused',
  'dead',
] as const
export type MessageStatus = (typeof MESSAGE_STATUSES)[number]

/** How far a message came, as the provider tells. */
export const DELIVERIES = ['queued', 'sent', 'delivered', 'delivery-failed', 'sending-failed'] as const
export type Delivery = (typeof DELIVERIES)[number]

export interface MessageTable {
  id: string
  seq: number
  subject_id: string
  sender_id: string
  program_id: string | null
  purpose: Purpose
  reply_to: string | null
  body: string | null
  body_index: string
  segments: number
  idempotency_index: string | null
  request_index: string | null
  is_automated: number
  is_approved: number
  status: MessageStatus
  decision: string
  consent_entry_id: string | null
  epoch: number | null
  attempts: number
  created_at: number
  due_at: number
  expires_at: number
  claim: string | null
  /** Set exactly where it is `dispatching`, `handed` or `unknown`: indexes find those by it. */
  lease_until: number | null
  slot_at: number | null
  handed_at: number | null
  provider_id: string | null
  delivery: Delivery | null
  delivery_at: number | null
  error_code: string | null
  anomaly: string | null
  in_flight_at_stop: number
  text_index: string | null
  media: string | null
  /** Set only where it is `queued` and a person is to look at it: an index finds it by it. */
  held_at: number | null
}

export interface InboundTable {
  id: string
  sender_id: string
  provider_id: string
  subject_id: string
  body: string | null
  meaning: 'opt-out' | 'unclear' | 'help' | 'start' | 'yes' | 'no' | 'other'
  entry_id: string | null
  received_at: number
  recorded_at: number
  settled_at: number | null
  settled_as: 'opt-out' | 'other' | null
}

export interface EventTable {
  uuid: string
  kind: 'inbound' | 'status' | 'consent' | 'fee'
  provider_id: string | null
  status: string | null
  code: string | null
  cost: number | null
  occurred_at: number
  received_at: number
  applied_at: number | null
}

export interface PushTable {
  entry_id: string
  sender_id: string
  subject_id: string
  opted: 'out' | 'in'
  attempts: number
  due_at: number
  done_at: number | null
}

export interface CostTable {
  id: string
  program_id: string | null
  sender_id: string
  kind: 'message' | 'fee'
  amount: number
  is_estimate: number
  note: string | null
  at: number
}

export interface CursorTable {
  name: string
  position: string
  changed_at: number
}

export interface HoldTable {
  subject_id: string
  reason: string
  actor: string
  since: number
}

export interface ApprovalTable {
  program_id: string
  text_index: string
  until: number
  reason: string
  actor: string
  approved_at: number
}

export interface MediaTable {
  id: string
  site_id: number
  content_type: PictureType
  bytes: number
  body: string
  created_at: number
  needed_until: number
}
