import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { HELD_FOR } from './gate.ts'
import type { SmsTables } from './store/tables.ts'

/**
 * Whether a queued message waits for a person to look at its text or pictures, as the gate said when it came to it. The
 * words of the decision are looked through, but only of what is queued for a program, which an index finds
 * (sms_message_text): what was sent before is not read.
 */
export function waitsForPerson(
  where: ExpressionBuilder<SmsTables, 'sms_message'>,
): ExpressionWrapper<SmsTables, 'sms_message', SqlBool> {
  return where.and([
    where('status', '=', 'queued'),
    where('is_approved', '=', 0),
    where('text_index', 'is not', null),
    where.or(HELD_FOR.map((one) => where('decision', 'like', `%"${one}"%`))),
  ])
}
