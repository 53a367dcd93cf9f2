import type { Tables } from './tables.ts'

/**
 * Columns by which somebody could be known, or let in, in the tables whose deleted and changed rows must leave the disk:
 * sealed texts, what finds them, what stands for a person or opens something.
 */
export const PERSONAL_COLUMNS = {
  data_key: ['wrapped'],
  account: ['email', 'email_index', 'password_hash', 'totp_secret'],
  recovery_code: ['code_hash'],
  passkey: ['credential_id', 'credential_index', 'name'],
  set_up_link: ['token_hash', 'totp_secret'],
  session: ['id_hash'],
  consent_receipt: ['id', 'salt'],
  email_recipient: ['id', 'email', 'email_index', 'salt'],
  report_recipient: ['email'],
  sms_subject: ['number', 'number_index', 'wrapped_key', 'place'],
  sms_ledger: ['payload'],
  sms_message: ['body', 'body_index'],
  sms_inbound: ['body'],
  sms_media: ['body'],
} as const satisfies Readonly<Partial<Record<keyof Tables, readonly string[]>>>

export type PersonalTable = keyof typeof PERSONAL_COLUMNS

/** All of what is kept of people with phones. */
export const SMS_TABLES: readonly PersonalTable[] = [
  'sms_subject',
  'sms_ledger',
  'sms_message',
  'sms_inbound',
]

export const PERSONAL_TABLES = Object.keys(PERSONAL_COLUMNS) as PersonalTable[]
