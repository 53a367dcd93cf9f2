import { makeBackup } from '../backup/make.ts'
import { openTarget } from '../backup/open-target.ts'
import { rehearse } from '../backup/restore.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { answer, UsageError, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice backup <folder|s3://bucket/folder> [--keep <number>] [--rehearse]`. */
export const backup: Command = async (context, input) => {
  const { config, stderr } = context
  const [place = ''] = input.words
  const keep = keepOf(input)
  const target = openTarget(place, config)
  const log = createLog('warn')
  const made = await withAudit(context, async (store, audit, { master, data }) => {
    const clickhouse = await openClickHouse({ ...config, log, mode: 'command' })
    try {
      const done = await makeBackup({
        target,
        dataDir: config.dataDir,
        master,
        lasting: data.lasting,
        store,
        clickhouse,
        clock: systemClock,
        keep,
        rehearse:
          input.claim('rehearse') === true
            ? (file, name, manifest) =>
                rehearse(
                  { backup: { file, name, manifest }, master, erased: new Set(), clock: systemClock, log },
                  config.dataDir,
                )
            : undefined,
        warn: (sentence) => stderr.write(`Warning: ${sentence}\n`),
      })
      await audit.record({
        actor: input.claim('scheduled') === true ? 'server' : 'terminal',
        action: 'backup.made',
        detail: { backup: done.name, removed: done.removed },
      })
      return done
    } finally {
      await clickhouse.close()
    }
  })
  const { parts, began } = made.manifest
  answer(
    context,
    {
      backup: made.name,
      began,
      bytes: made.bytes,
      events: parts.database.rows,
      waiting: parts.spool.rows,
      removed: made.removed,
    },
    [
      `${made.name} holds all that was answered before ${began}: ${parts.database.rows} rows of the database, ${parts.spool.rows} events that were still to be loaded, and the store. It was read back in full.`,
      'The key is not in it: without the key file or SLUICE_KEY of this installation nobody can restore it.',
    ],
  )
}

function keepOf(input: Input): number | undefined {
  const text = input.text('keep')
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError('--keep needs a number from 1 on: write --keep 14.')
  return Number(text)
}
