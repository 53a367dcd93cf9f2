import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'

/** Within a data folder, that of a restore which is under way, or was killed. */
export const RESTORING = 'restoring'

/** Throws UserError where a restore into the data folder was begun and not finished: what is there is not whole. */
export function refuseUnfinished(dataDir: string): void {
  if (!existsSync(path.join(dataDir, RESTORING))) return
  throw new UserError(`A restore into ${dataDir} was not finished: run \`sluice restore\` again.`, 500)
}
