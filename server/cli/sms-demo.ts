import { runSmsDemo } from '../sms/demo.ts'
import { answer, type Command } from './context.ts'

/** `sluice sms demo`: the whole life of a consent, on this machine alone. Exit code 1 where it did not come out right. */
export const smsDemo: Command = async (context) => {
  const { handsets, faults, remarks, isForgeryFound, key } = await runSmsDemo((line) => {
    if (!context.json) context.stdout.write(`${line}\n`)
  })
  const ok = faults.length === 0 && remarks.length === 0 && isForgeryFound
  const messages = Object.values(handsets).map((texts) => texts.length)
  answer(context, { ok, messages, key, faults, remarks, isForgeryFound }, [
    ok ? 'Nothing left this machine, and nothing of it is kept.' : 'It did not come out right.',
  ])
  return ok ? 0 : 1
}
