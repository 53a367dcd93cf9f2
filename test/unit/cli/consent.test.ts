import { writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { consentSigner } from '../../../server/consent/open.ts'
import { serve } from '../consent/asked.ts'
import { decisionOf, REFUSAL, rig, unknownReceipt } from '../consent/rig.ts'
import { LASTING, MASTER, seededDataKeys } from '../store/keys.ts'
import { dataFolder } from '../store/opened.ts'
import { objectOf, terminal, type Ran } from './typed.ts'

interface Scene {
  run(line: string): Promise<Ran>
  receipt: string
  /** Changes the store behind the back of the product. */
  tamper(sql: string): void
  folder: string
}

/** A store with a grant and two refusals on two days, and a terminal beside it. */
async function scene(): Promise<Scene> {
  const { dataDir, consent, clock, store } = await rig()
  await seededDataKeys(store)
  const ask = await serve(consent.route)
  const granted = await ask({ body: decisionOf() })
  await ask({ body: decisionOf(REFUSAL) })
  clock.pass(86_400_000)
  await ask({ body: decisionOf(REFUSAL) })
  return {
    run: terminal({ SLUICE_DATA: dataDir, SLUICE_KEY: Buffer.from(MASTER.key).toString('base64') }),
    receipt: String(granted.json['receipt']),
    tamper: (sql) => {
      const file = new Database(path.join(dataDir, 'store.db'))
      file.exec(sql)
      file.close()
    },
    folder: dataFolder(),
  }
}

const KEY = consentSigner(LASTING).publicKey.x

describe('sluice consent', () => {
  it('R2.6 verify says that all is whole, or what is wrong, with exit code 1', async () => {
    const { run, tamper } = await scene()
    const whole = await run('consent verify')
    expect(whole).toEqual({
      code: 0,
      stdout: 'example.com: 3 rows and 0 signed heads, all as they were written.\n',
      stderr: '',
    })
    tamper("UPDATE consent_ledger SET event = 'objected' WHERE seq = 2")
    const broken = await run('consent verify --site example.com')
    expect([broken.code, broken.stdout]).toEqual([
      1,
      'example.com: 3 rows, and this is wrong:\n  Row 2 was changed.\n',
    ])
    expect(objectOf(await run('consent verify --json'))).toEqual({
      ok: false,
      ledgers: [{ site: 'example.com', rows: 3, removed: 0, heads: 0, faults: ['Row 2 was changed.'] }],
    })
  })

  it('R2.6 export writes a proof that verifies offline, and against which the store is held', async () => {
    const { run, tamper, folder } = await scene()
    const file = path.join(folder, 'proof.ndjson')
    const { code, stdout, stderr } = await run('consent export --site example.com')
    expect([code, stderr]).toEqual([0, ''])
    writeFileSync(file, stdout)
    const elsewhere = terminal()
    const alone = await elsewhere(`consent verify --file ${file}`)
    expect([alone.code, alone.stderr]).toEqual([0, ''])
    expect(alone.stdout).toContain(`signed with the key ${KEY}: compare it`)
    const named = await elsewhere(`consent verify --file ${file} --key ${KEY} --json`)
    expect(objectOf(named)).toMatchObject({ ok: true, key: KEY, ledgers: [{ rows: 3, faults: [] }] })
    expect((await elsewhere(`consent verify --file ${file} --key ${'A'.repeat(43)}`)).code).toBe(1)
    expect((await run(`consent verify --file ${file} --site example.com`)).code).toBe(0)

    tamper('DELETE FROM consent_ledger WHERE seq = 3; DELETE FROM consent_head')
    expect((await run('consent verify')).code).toBe(0)
    const held = await run(`consent verify --file ${file} --site example.com`)
    expect(held.code).toBe(1)
    expect(held.stdout).toContain('The ledger ends at row 2, but row 3 was signed')

    writeFileSync(file, stdout.replace('"event":"refused"', '"event":"given"'))
    const forged = await elsewhere(`consent verify --file ${file}`)
    expect([forged.code, forged.stdout]).toEqual([1, expect.stringContaining('  Row 2 was changed.')])
  })

  it('R2.6 export signs nothing that was changed', async () => {
    const { run, tamper } = await scene()
    tamper("UPDATE consent_ledger SET jurisdiction = 'FR' WHERE seq = 2")
    const { code, stdout, stderr } = await run('consent export --site example.com --from 2026-11-25')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('is not as it was written and is not exported')
    expect((await run('consent verify')).stdout).not.toContain('signed heads')
  })

  it('R2.6 export takes days', async () => {
    const { run } = await scene()
    const { stdout } = await run('consent export --site example.com --from 2026-11-25 --to 2026-11-30')
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'ledger', from: 3, to: 3 })
    expect(stdout.match(/"type":"row"/g)).toHaveLength(1)
  })

  it('has nothing to verify where nobody has chosen', async () => {
    const run = terminal()
    expect(await run('consent verify')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing') as string,
    })
  })

  it.each([
    ['consent', 2, 'needs one of verify, export'],
    ['consent verify --key x', 2, '--key is for --file'],
    ['consent verify --file /nowhere/proof', 1, '/nowhere/proof cannot be read (ENOENT)'],
    ['consent verify --site other.example', 1, '"other.example" is not registered'],
    ['consent export', 2, '--site is missing'],
    ['consent export --site example.com --from 1.11.', 2, '--from needs a day'],
    ['consent export --site example.com --from 2027-01-01', 1, 'holds nothing of these days'],
    ['disclose', 2, 'needs its legal basis'],
    ['disclose --receipt x --basis regulator --reason why', 2, 'limited to days'],
    ['disclose verify /nowhere/file', 1, '/nowhere/file cannot be read (ENOENT)'],
    ['erase', 2, '--receipt is missing'],
    ['erase --receipt x', 1, 'There is no receipt with this id'],
    // Ids are drawn from letters that have the hyphen among them.
    ['erase --receipt --JQ6VOXowzZ1sRE4Dgmdw', 1, 'There is no receipt with this id'],
    ['erase --receipt -', 1, 'There is no receipt with this id'],
  ])('%s ends with %i and one sentence', async (line, code, sentence) => {
    const { run } = await scene()
    const ran = await run(line)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toContain(sentence)
    expect(ran.stderr).toMatch(/^[^\n]+\n$/)
  })
})

describe('sluice disclose', () => {
  it('R2.7 prints what verifies offline, once it is in the audit log', async () => {
    const { run, receipt, folder } = await scene()
    const days = '--from 2026-01-01 --to 2027-12-31'
    const { code, stdout, stderr } = await run(
      `disclose --receipt ${receipt} ${days} --basis data_subject --reason asked-for-a-copy`,
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'asked-for-a-copy', manifest: { rows: 1 } })
    const file = path.join(folder, 'disclosure.json')
    writeFileSync(file, stdout)
    const elsewhere = terminal()
    expect(objectOf(await elsewhere(`disclose verify ${file} --key ${KEY} --json`))).toEqual({
      ok: true,
      site: 'example.com',
      rows: 1,
      key: KEY,
      faults: [],
    })
    expect((await elsewhere(`disclose verify ${file}`)).stdout).toContain(
      `signed with the key ${KEY}: compare`,
    )
    writeFileSync(file, stdout.replace('data_subject', 'court_order'))
    const forged = await elsewhere(`disclose verify ${file}`)
    expect([forged.code, forged.stdout]).toEqual([
      1,
      "This is wrong:\n  It does not bear this installation's signature.\n",
    ])
    expect(await run('audit verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 rows/) as string,
    })
  })
})

describe('sluice erase', () => {
  it('R6.5 erases a receipt once, and the ledger still verifies', async () => {
    const { run, receipt } = await scene()
    expect((await run(`erase --receipt ${unknownReceipt()}`)).code).toBe(1)
    expect(objectOf(await run(`erase --receipt ${receipt} --json`))).toEqual({ erased: true })
    expect((await run(`erase --receipt ${receipt}`)).code).toBe(1)
    expect((await run('consent verify')).stdout).toBe(
      'example.com: 4 rows and 0 signed heads, all as they were written.\n',
    )
  })
})
