import { isSigned } from '../chain/signer.ts'
import { verifyLedger } from '../../sms/index.ts'
import { checkReason } from '../accounts/access.ts'
import { answer, typed, type CliContext, type Command, type Input } from './context.ts'
import { subjectIdOf, withSms, type SmsCommand } from './with-sms.ts'

/** `sluice sms erase <number|subject> --reason <text>`: for good. */
export const smsErase: Command = (context, input) =>
  about(context, input, async ({ acts }, subject, by) => {
    await acts.erase(subject, by)
    answer(context, { erased: true, subject }, [
      `The subject ${subject} is erased: nothing of it opens any more, the ledger says that one was erased, and lists that name the number again change nothing.`,
    ])
  })

/** `sluice sms hold <number|subject> --reason <text>`: nothing of it is erased while it stands. */
export const smsHold: Command = (context, input) =>
  about(context, input, async ({ acts }, subject, by) => {
    await acts.hold(subject, by)
    answer(context, { held: true, subject }, [
      `A legal hold stands on ${subject}: nothing of it is erased, by nobody and by no clock.`,
    ])
  })

/** `sluice sms release <number|subject> --reason <text>`. */
export const smsRelease: Command = (context, input) =>
  about(context, input, async ({ acts }, subject, by) => {
    const stood = await acts.release(subject, by)
    answer(context, { held: false, stood, subject }, [
      stood ? `The hold on ${subject} is lifted.` : `There was no hold on ${subject}.`,
    ])
  })

/** `sluice sms verify`: exit code 1 with what is wrong with the ledger. */
export const smsVerify: Command = (context) =>
  withSms(context, async ({ sms, signer }) => {
    const { rows, head, faults } = await verifyLedger(sms.store.db, sms.chain, (text, signature) =>
      isSigned(signer.publicKey, text, signature),
    )
    const ok = faults.length === 0
    const key = signer.publicKey.x
    answer(
      context,
      { ok, rows, head: head ?? null, key, faults },
      ok
        ? [
            rows === 0
              ? 'Nobody has signed up yet: there is nothing to verify.'
              : `${rows} rows, all as they were written. Keep the head elsewhere (--json prints it): it shows what is cut off later.`,
          ]
        : [`${rows} rows, and this is wrong:`, ...faults.map((fault) => `  ${fault}`)],
    )
    return ok ? 0 : 1
  })

function about(
  context: CliContext,
  input: Input,
  act: (
    opened: SmsCommand,
    subjectId: string,
    by: { readonly actor: 'terminal'; readonly reason: string },
  ) => Promise<void>,
): Promise<void> {
  const reason = typed(() => checkReason(input.text('reason')))
  return withSms(context, async (opened) => {
    const subjectId = await subjectIdOf(opened, input.words[0] ?? '')
    await act(opened, subjectId, { actor: 'terminal', reason })
  })
}
