import type { PhoneNumber } from '../../../../sms/index.ts'
import { knownNumber } from '../../../../sms/phone.ts'

/** A number that is one. */
export function numberOf(e164: string): PhoneNumber {
  const number = knownNumber(e164)
  if (!number) throw new Error('not a number')
  return number
}
