import type { ConsentFault, NumberFault } from '../../../sms/index.ts'

/** What is wrong with a row, each in one sentence that says what to do. None of them holds what the row does. */

export const NUMBER_SENTENCES: Readonly<Record<NumberFault, string>> = {
  'not-a-number': 'The number is none: write ten digits, or + and the country code.',
  extension: 'The number has an extension, which no message reaches: leave it out.',
  'short-code': 'The number is a short code, which cannot be subscribed: leave it out.',
  'other-country': 'The number is of another country than the United States and Canada: leave it out.',
  'area-code': 'The number has an area code that is not in use or charges its callers: leave it out.',
}

const MISSING: Readonly<Record<Extract<ConsentFault, { missing: unknown }>['missing'], string>> = {
  seller: 'The disclosure does not name the seller.',
  program: 'The disclosure does not name the program.',
  version: 'It does not say which version of the disclosure was shown: give `disclosure_version`.',
  source: 'It does not say where it was given: give `source`.',
  actor: 'It does not say who entered it.',
  time: 'It does not say when it was signed: give `collected_at` with its offset, like 2026-11-24T09:30:00-05:00, and no time to come.',
  'empty-box': 'The box was ticked before anybody touched it, which is no consent.',
  'separate-signature':
    'It was not signed for this alone, or it does not say so: give `is_separate` as yes where it was.',
  automated: 'The disclosure does not say that messages are automated.',
  'no-condition': 'The disclosure does not say that consent is no condition of a purchase.',
  'message-types': 'The disclosure does not say what kind of messages come.',
  frequency: 'The disclosure does not say how often messages come.',
  rates: 'The disclosure does not say that message and data rates may apply.',
  help: 'The disclosure does not tell of HELP.',
  stop: 'The disclosure does not tell how to opt out.',
  terms: 'The disclosure does not lead to the terms.',
  privacy: 'The disclosure does not lead to the privacy notice.',
}

export function faultSentence(fault: ConsentFault): string {
  if ('refused' in fault) {
    return 'Lists that were bought, rented or handed on are refused, and so is one of which nobody says where it is from: give `provenance` as own-form or own-records.'
  }
  return MISSING[fault.missing]
}
