import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { auditSigner, createAuditLog } from '../audit/log.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { FolderInUse, takeLease } from '../spool/lease.ts'
import { openDataKeys, type DataKeys } from '../store/data-keys.ts'
import { keyFile, loadKeyFile, loadMasterKey, type MasterKey } from '../store/key-file.ts'
import { keepOldKeyFile, keptKeyFile, nextKeyFile, useNextKeyFile } from '../store/key-files.ts'
import type { Store } from '../store/open.ts'
import {
  beginReplacement,
  finishReplacement,
  isTaken,
  mastersOf,
  resealAll,
} from '../store/replace-master.ts'
import { addSpoolMaster, keepSpoolMaster, spoolMasters } from '../store/spool-key.ts'
import { answer, type CliContext, type Command } from './context.ts'
import { withStore } from './with-store.ts'

/** How long a running server is given to take the new key: it looks every second. */
const TAKE_MS = 60_000
const ASK_MS = 100

/**
 * `sluice secret rotate`: replaces the master key, whether the server runs or not. Killed at any moment, it goes on when
 * it is run again.
 */
export const rotateSecret: Command = async (context) => {
  const { dataDir, envKey } = context.config
  const log = createLog('warn')
  await withStore(context, async (store) => {
    const spool = path.join(dataDir, 'spool')
    const masters = await mastersOf(store)
    if (masters.length === 0) {
      throw new UserError('Nothing is sealed yet: start sluice once, then its key can be replaced.')
    }
    const { old, next, former } = keysOf(context, masters)
    const isLeft = old !== undefined || masters.length > 1
    if (isLeft) await refuseOtherServers(store, spool)
    if (old) {
      // The spool first: what the store says is begun must be begun everywhere.
      addSpoolMaster(spool, old, next)
      await beginReplacement(store, { old, next }, systemClock)
    } else if (!masters.includes(next.id)) {
      throw new UserError('The key in use is missing: give it as SLUICE_OLD_KEY beside the new SLUICE_KEY.')
    } else if (masters.length === 1 && spoolMasters(spool)?.includes(next.id) === false) {
      await rewrapSpool(spool, former, next)
      answer(context, { rotated: false, key: next.id, spool: true }, [
        `The store has the key ${next.id} already, and now the spool of this data folder opens with it too.`,
      ])
      return
    } else if (masters.length === 1 && (spoolMasters(spool) ?? [next.id]).length === 1) {
      answer(context, { rotated: false, key: next.id }, [
        `Nothing names another key than ${next.id}: there is nothing left to do.`,
      ])
      return
    }
    if (envKey === undefined) useNextKeyFile(dataDir, log)
    const dataKeys = await openDataKeys({ store, master: next, clock: systemClock })
    const from = [...new Set([...masters, ...(old ? [old.id] : [])])].filter((id) => id !== next.id)
    const resealed = await complete({ store, spool, dataKeys, next, from })
    if (envKey !== undefined) keepOldKeyFile(dataDir, next, log)
    answer(
      context,
      { rotated: true, key: next.id, former: from, resealed, remaining: 0 },
      told(context, from, next, resealed),
    )
  })
}

interface Keys {
  readonly old?: MasterKey
  readonly next: MasterKey
  /** The key that was given as the old one, where the store is past it. */
  readonly former?: MasterKey
}

/** The key that is to come and, where the replacement is not begun yet, the one it replaces. */
function keysOf(context: CliContext, masters: readonly string[]): Keys {
  const { dataDir, envKey, oldEnvKey } = context.config
  const log = createLog('warn')
  const fromEnv = (text: string): MasterKey => loadMasterKey({ dataDir, envKey: text, log })
  const file = keyFile(dataDir)
  const hasFile = existsSync(file)
  if (envKey === undefined && oldEnvKey === undefined) {
    if (!hasFile) throw new UserError(`There is no key in ${dataDir}: give the key in use as SLUICE_OLD_KEY.`)
    const present = loadKeyFile(file, log)
    // One that was killed after it had put the new file in place.
    const isInPlace = masters.length > 1 && masters.includes(present.id) && !existsSync(nextKeyFile(dataDir))
    if (isInPlace) return { next: present }
    return begun(masters, present, loadKeyFile(nextKeyFile(dataDir), log))
  }
  const next = envKey === undefined ? loadKeyFile(file, log) : fromEnv(envKey)
  if (oldEnvKey !== undefined) return begun(masters, fromEnv(oldEnvKey), next)
  return hasFile ? begun(masters, loadKeyFile(file, log), next) : { next }
}

function begun(masters: readonly string[], old: MasterKey, next: MasterKey): Keys {
  if (old.id === next.id) {
    throw new UserError('The new key is the one in use: `openssl rand -base64 32` prints another.')
  }
  if (masters.includes(next.id)) return { next, former: old }
  if (masters.includes(old.id)) return { old, next }
  throw new UserError(
    `The old key that is given is ${old.id}, and the store is sealed with ${masters.join(' or ')}: give that one as SLUICE_OLD_KEY.`,
  )
}

async function complete(parts: {
  store: Store
  spool: string
  dataKeys: DataKeys
  next: MasterKey
  from: readonly string[]
}): Promise<number> {
  const { store, spool, dataKeys, next, from } = parts
  let resealed = await resealAll(store, dataKeys)
  const endLease = await serverHasKey(store, spool, dataKeys)
  try {
    keepSpoolMaster(spool, next)
    const audit = createAuditLog({ store, clock: systemClock, signer: auditSigner(dataKeys.lasting) })
    const finish = (): Promise<number> =>
      finishReplacement(store, dataKeys, next, (transaction) =>
        audit.append(transaction, {
          actor: 'terminal',
          action: 'secret.rotated',
          subject: next.id,
          detail: { former: from, resealed },
        }),
      )
    const isOurs = endLease === undefined
    if ((await store.servers()) > Number(isOurs)) throw otherServers()
    // A server that had not taken the new key yet may have sealed something with the old one.
    while ((await finish()) > 0) resealed += await resealAll(store, dataKeys)
  } finally {
    await endLease?.()
  }
  // Older states of what was sealed anew.
  await store.purge()
  return resealed
}

/**
 * A server of another data folder on the same store would not be waited for, and its spool would not open with the new
 * key.
 */
async function refuseOtherServers(store: Pick<Store, 'servers'>, spool: string): Promise<void> {
  const running = await store.servers()
  if (running === 0) return
  const endLease = existsSync(spool) ? await leaseUnlessHeld(spool) : undefined
  await endLease?.()
  const isOurs = existsSync(spool) && endLease === undefined
  if (running > Number(isOurs)) throw otherServers()
}

function otherServers(): UserError {
  return new UserError(
    'A server with another data folder uses this store, and would not learn of the new key: stop it, run this again, and then `sluice secret rotate` with the same keys on that folder, too.',
    409,
  )
}

/** The spool of a data folder whose server did not run while the key was replaced from another one. */
async function rewrapSpool(spool: string, former: MasterKey | undefined, next: MasterKey): Promise<void> {
  const masters = spoolMasters(spool) ?? []
  if (!former || !masters.includes(former.id)) {
    throw new UserError(
      `The spool in ${spool} was sealed with the key ${masters.join(' or ')}: give that one as SLUICE_OLD_KEY beside the new SLUICE_KEY.`,
    )
  }
  const endLease = await takeLease(spool)
  try {
    addSpoolMaster(spool, former, next)
    keepSpoolMaster(spool, next)
  } finally {
    await endLease()
  }
}

/** Waits for the server that uses this data folder; where none does, keeps one from starting until the end. */
async function serverHasKey(
  store: Store,
  spool: string,
  dataKeys: DataKeys,
): Promise<(() => Promise<void>) | undefined> {
  const until = systemClock.monotonic() + TAKE_MS
  for (;;) {
    const endLease = await leaseUnlessHeld(spool)
    if (endLease || (await isTaken(store, dataKeys))) return endLease
    if (systemClock.monotonic() > until) {
      throw new UserError(
        'The running server has not taken the new key within a minute: restart it, then run the command again.',
      )
    }
    await sleep(ASK_MS)
  }
}

async function leaseUnlessHeld(spool: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await takeLease(spool)
  } catch (error) {
    if (error instanceof FolderInUse) return undefined
    throw error
  }
}

function told(context: CliContext, from: readonly string[], next: MasterKey, resealed: number): string[] {
  const { dataDir, envKey } = context.config
  const kept = from.map((id) => keptKeyFile(dataDir, id)).filter((file) => existsSync(file))
  return [
    `The key is ${next.id} now: ${resealed} texts were sealed anew, and nothing names ${from.join(' or ')} any more.`,
    kept.length > 0
      ? `Backups made before need the old key, which is kept in ${kept.join(', ')}: delete it with the last of them, and copy the new one elsewhere.`
      : 'Backups made before need the old key: keep it elsewhere until the last of them is gone.',
    ...(envKey === undefined
      ? []
      : [
          'Set SLUICE_KEY to the new key for the server and restart it soon: until then it goes on, but commands and backups it starts do not.',
        ]),
  ]
}
