import { existsSync } from 'node:fs'
import path from 'node:path'
import { verifyArchive } from '../backup/archive.ts'
import { refuseUsed } from '../backup/draft-folder.ts'
import { readErasures } from '../backup/erasures-file.ts'
import { openTarget } from '../backup/open-target.ts'
import { restore } from '../backup/restore.ts'
import { findBackup, type BackupTarget } from '../backup/target.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { loadMasterKey, type MasterKey } from '../store/key-file.ts'
import { answer, type Command } from './context.ts'

/** `sluice restore <folder|s3://bucket/folder> [--from <name>] [--erasures <file>|none] [--spool <folder>]`. */
export const restoreBackup: Command = async (context, input) => {
  const { config } = context
  const [place = ''] = input.words
  const log = createLog('warn')
  refuseUsed(config.dataDir)
  const master = keyOf(config)
  const target = openTarget(place, config)
  const { name } = await findBackup(target, input.text('from'))
  const erased = await erasedSince(target, input.text('erasures'))
  const file = await target.open(name)
  try {
    const manifest = await verifyArchive(file, master, name)
    const restored = await restore(
      {
        backup: { file, name, manifest },
        master,
        erased,
        oldSpool: input.text('spool'),
        clock: systemClock,
        log,
      },
      config,
    )
    if (!restored) {
      answer(context, { finished: true }, [
        'The restore that was begun earlier was complete but for its last step, which is done now.',
      ])
      return
    }
    const { events, waiting } = restored
    const { receipts, accounts, recipients, subjects } = restored.erased
    answer(
      context,
      {
        restored: name,
        began: manifest.began,
        events,
        waiting,
        erasedAgain: { receipts, accounts, recipients, subjects },
      },
      [
        `${name} is restored: ${events} rows in the database, and ${waiting} events that the next start loads.`,
        `Erased again, as they were after the backup: ${receipts} receipts, ${accounts} accounts, ${recipients} recipients of mails, ${subjects} people with phones.`,
        'Everybody has to sign in again; look over `sluice key list` and `sluice user list` for what was ended since.',
      ],
    )
  } finally {
    await file.close()
  }
}

/** No key is made: a backup cannot be read with a new one. */
function keyOf({ dataDir, envKey }: Config): MasterKey {
  if (envKey === undefined && !existsSync(path.join(dataDir, 'key'))) {
    throw new UserError(
      `There is no key in ${dataDir}: put the key file of the installation there, or set SLUICE_KEY.`,
    )
  }
  return loadMasterKey({ dataDir, envKey, log: createLog('warn') })
}

/** Refuses to bring back unseen what was erased: that nothing was must be said. */
async function erasedSince(target: BackupTarget, named: string | undefined): Promise<Set<string>> {
  if (named === 'none') return new Set()
  const erased = await (named === undefined ? target.readErasures() : readErasures(named))
  if (erased) return erased
  throw new UserError(
    `There is no file ${named ?? `erasures in ${target.place}`}, which tells what was erased since the backup: name it with --erasures <file>, or write --erasures none.`,
  )
}
