import { erasureNotes } from '../backup/erasure-notes.ts'
import { systemClock } from '../clock.ts'
import { eraseReceipt } from '../consent/receipts.ts'
import { createWriter } from '../consent/writer.ts'
import { UserError } from '../errors.ts'
import { answer, UsageError, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice erase --receipt <id>`: the same as `DELETE /c/<receipt>`. */
export const erase: Command = async (context, input) => {
  const receipt = input.text('receipt')
  if (receipt === undefined) throw new UsageError('--receipt is missing: write --receipt <id>.')
  const isErased = await withAudit(context, async (store, audit, { data }) => {
    const warn = (sentence: string): unknown => context.stderr.write(`Warning: ${sentence}\n`)
    const onErased = erasureNotes(context.config, data.lasting, warn)('receipt')
    const parts = { store, writer: createWriter(store), clock: systemClock, onErased }
    const erased = await eraseReceipt(parts, receipt)
    // That one was, not which one: nothing may lead from here to the receipt.
    if (erased) await audit.record({ actor: 'terminal', action: 'receipt.erased' })
    return erased
  })
  if (!isErased) throw new UserError('There is no receipt with this id: it was erased, or never made.', 404)
  answer(context, { erased: true }, [
    'The receipt is erased: nothing leads from it to the ledger any more, and the ledger says that one was erased.',
  ])
}
