import { createReadStream, readFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { defaultsOf } from '../sms/import/route.ts'
import { importList, type ImportResult, type RowFault } from '../sms/import/run.ts'
import { codeOf } from '../store/error-code.ts'
import { answer, type Command, type Input } from './context.ts'
import { programOf, withSms } from './with-sms.ts'

/** Bad rows that are told one by one; of `--json` all. */
const TOLD_FAULTS = 100

/** `sluice sms import <file|-> --program <name> [--site <domain>] [--dry-run] [--provenance …]`. */
export const smsImport: Command = async (context, input) => {
  const [file = '-'] = input.words
  const isDryRun = input.claim('dry-run') === true
  const defaults = defaultsOf((column) => flagOf(input, column))
  const faults: RowFault[] = []
  let failed = 0
  const result = await withSms(context, async (opened) => {
    const program = await programOf(opened, input.text('program'), input.text('site'))
    return importList(opened.sms, {
      program,
      source: read(file),
      defaults,
      isDryRun,
      actor: 'terminal',
      onFault: (fault) => {
        if (context.json) faults.push(fault)
        else if (failed < TOLD_FAULTS) {
          context.stderr.write(`Line ${fault.line}: ${fault.faults.join(' ')}\n`)
        }
        failed++
      },
    })
  })
  if (!context.json && failed > TOLD_FAULTS) {
    context.stderr.write(`… and ${failed - TOLD_FAULTS} more; --json tells all.\n`)
  }
  answer(context, { dryRun: isDryRun, ...result, faults }, linesOf(result, isDryRun))
  return result.failed > 0 ? 1 : 0
}

function linesOf(result: ImportResult, isDryRun: boolean): string[] {
  const { rows, granted, asked, known, failed, ignored } = result
  return [
    `${rows} rows: ${granted} signed up, ${asked} asked to confirm, ${known} known before, ${result['opted-out']} opted out and left so, ${result['too-old']} older than what is there, ${failed} not taken.`,
    ...(ignored.length > 0 ? [`Columns that were not read: ${ignored.join(', ')}.`] : []),
    ...(isDryRun ? ['Nothing was kept: leave out --dry-run to load it.'] : []),
  ]
}

/** A text may stand in a file: disclosures are long. */
function flagOf(input: Input, column: string): string | undefined {
  if (column === 'disclosure') {
    const file = input.text('disclosure')
    return file === undefined ? undefined : textOf(file)
  }
  if (column === 'is_separate') return input.claim('separate') === true ? 'yes' : undefined
  return input.text(column.replaceAll('_', '-'))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function* read(file: string): AsyncGenerator<Buffer> {
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file)
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): unknown {
  const code = codeOf(error)
  return code === '' ? error : new UserError(`${file} cannot be read (${code}): name a file that is there.`)
}
