import { describe, expect, it } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { loadMasterKey } from '../../server/store/key-file.ts'
import { createAccounts } from '../../server/accounts/accounts.ts'
import { createSealed } from '../../server/accounts/sealed.ts'
import { auditSigner, createAuditLog } from '../../server/audit/log.ts'
import { verifyAuditLog } from '../../server/audit/verify.ts'
import { openDataKeys } from '../../server/store/data-keys.ts'
import { mastersOf } from '../../server/store/replace-master.ts'
import { openSpoolKey, readSpoolKey } from '../../server/store/spool-key.ts'
import { dataFolder, inChild, movedClock, openedStore, rowsOf } from '../unit/store/opened.ts'

/** `sluice secret rotate` in a process that is killed before the statement of this number. */
const ROTATE_AND_DIE = `
  import Database from 'libsql'
  import { runCli } from './server/cli/run.ts'
  const prepare = Database.prototype.prepare
  let statements = 0
  Database.prototype.prepare = function (sql) {
    if (++statements === Number(process.env.DIE_BEFORE)) process.kill(process.pid, 'SIGKILL')
    return prepare.call(this, sql)
  }
  const output = { stdout: { write: (text) => process.stdout.write(text) }, stderr: process.stderr }
  const env = { SLUICE_DATA: process.env.FOLDER, LOG_LEVEL: 'silent' }
  runCli(['secret', 'rotate', '--json'], env, output).then((code) => (process.exitCode = code))
`

/** More than two transactions' worth of texts to be sealed anew. */
const ACCOUNTS = 220

describe('R4.1 kill -9 while the master key is replaced', () => {
  it('loses nothing, and what was begun is finished by running it again', async () => {
    const FOLDER = dataFolder()
    const clock = movedClock()
    const store = await openedStore(FOLDER)
    const master = loadMasterKey({ dataDir: FOLDER, log: silentLog })
    const spoolKey = openSpoolKey(`${FOLDER}/spool`, master)
    /** As whoever starts now sees it, with whatever key file is in place. */
    const seen = async (): Promise<string[]> => {
      const present = loadMasterKey({ dataDir: FOLDER, log: silentLog })
      expect(readSpoolKey(`${FOLDER}/spool`, present)).toEqual(spoolKey)
      const keys = await openDataKeys({ store, master: present, clock })
      const audit = createAuditLog({ store, clock, signer: auditSigner(keys.lasting) })
      const accounts = createAccounts({ store, clock, sealed: createSealed(keys), audit })
      const { publicKey } = auditSigner(keys.lasting)
      expect(await verifyAuditLog(store, publicKey)).toMatchObject({ faults: [] })
      return accounts.list().map(({ email }) => email)
    }
    await openDataKeys({ store, master, clock })
    const { lasting, ...sealing } = await openDataKeys({ store, master, clock })
    const sealed = createSealed({ lasting, ...sealing })
    for (let count = 0; count < ACCOUNTS; count++) {
      const [id, email] = [String(count).padStart(16, '0'), `person-${count}@example.org`]
      await store.db
        .insertInto('account')
        .values({
          id,
          email: sealed.sealEmail(id, email),
          email_index: sealed.indexOf(email),
          role: 'analyst',
          all_sites: 1,
          password_hash: null,
          totp_secret: null,
          totp_step: 0,
          created_at: count,
        })
        .execute()
    }
    const before = await seen()
    expect(before).toHaveLength(ACCOUNTS)

    // Before anything was changed, within `begin`, and ever further: a page of texts takes a hundred statements. The
    // last ones die while finishing.
    const died: number[] = []
    let last = await inChild(ROTATE_AND_DIE, { FOLDER, DIE_BEFORE: '9' })
    for (let at = 14; last.signal === 'SIGKILL' && died.length < 40; at += 23) {
      died.push(at)
      expect(await seen()).toEqual(before)
      last = await inChild(ROTATE_AND_DIE, { FOLDER, DIE_BEFORE: String(at) })
    }
    expect(died.length).toBeGreaterThan(5)
    expect(last).toMatchObject({ code: 0, signal: null })
    const present = loadMasterKey({ dataDir: FOLDER, log: silentLog })
    expect(JSON.parse(last.stdout)).toMatchObject({ rotated: true, key: present.id, former: [master.id] })
    expect(await seen()).toEqual(before)
    expect(await mastersOf(store)).toEqual([present.id])
    const { current } = await openDataKeys({ store, master: present, clock })
    const names = new Set((await rowsOf(store, 'account')).map(({ email }) => email.split('.')[1]))
    expect([...names]).toEqual([current().id])
    await expect(openDataKeys({ store, master, clock })).rejects.toThrow(`it needs ${present.id}`)
  })
})
