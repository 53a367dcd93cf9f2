import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { AuditHead } from '../audit/entry.ts'
import { verifyAuditLog } from '../audit/verify.ts'
import { UserError } from '../errors.ts'
import { answer, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice audit verify [--head <file>]`: exit code 1 with what is wrong. */
export const verifyAudit: Command = async (context, input) => {
  const file = input.text('head')
  const kept = file === undefined ? [] : [readHead(file)]
  const { rows, head, faults } = await withAudit(context, (store, audit) =>
    verifyAuditLog(store, audit.publicKey, kept),
  )
  const isWhole = faults.length === 0
  answer(
    context,
    { ok: isWhole, rows, head: head ?? null, faults },
    isWhole
      ? [
          rows === 0
            ? 'Nothing has been recorded yet: there is nothing to verify.'
            : `${rows} rows, all as they were written. Keep the head elsewhere (--json prints it): it shows what is cut off later.`,
        ]
      : [`${rows} rows, and this is wrong:`, ...faults.map((fault) => `  ${fault}`)],
  )
  return isWhole ? 0 : 1
}

const HEAD = z.object({
  seq: z.int(),
  hash: z.string(),
  time: z.string(),
  key: z.string(),
  signature: z.string(),
})

/** A head by itself, or within an answer of the API or of this command. */
function readHead(file: string): AuditHead {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return HEAD.or(z.object({ head: HEAD }).transform(({ head }) => head)).parse(read)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'not a head'
    throw new UserError(
      `${file} cannot be read (${why}): name a file with the head as \`--json\` printed it.`,
    )
  }
}
