import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMPLETE } from '../sms/consents.ts'
import { dataFolder, openedStore } from '../store/opened.ts'
import { objectOf, terminal, type Ran } from './typed.ts'

const NUMBER = '+12015550123'

/** A program with one who has signed up, and a message to them that a rule holds. */
async function stage(): Promise<{
  run(line: string): Promise<Ran>
  dataDir: string
  id: string
}> {
  const dataDir = dataFolder()
  const run = terminal({ SLUICE_DATA: dataDir })
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(dataDir, name), text)
    return path.join(dataDir, name)
  }
  await run('site add lantern.example')
  const added = await run('sms sender add 201-555-0100 --campaign Confirmed --use-cases Marketing --json')
  const program = {
    sender: objectOf(added)['id'],
    name: 'Deals',
    seller: COMPLETE.seller,
    description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
    kind: 'marketing',
    useCase: 'Marketing',
    confirm: 'off',
    frequency: { most: 4, days: 30 },
    samples: ['Two lattes for one today.', 'A new roast is in our shops.'],
    contact: 'help@lantern.example',
    terms: 'https://lantern.example/terms',
    privacy: 'https://lantern.example/privacy',
  }
  const made = await run(
    `sms program add lantern.example ${file('deals.json', JSON.stringify(program))} --json`,
  )
  const words = file('words.txt', COMPLETE.disclosure.replaceAll(COMPLETE.programName, 'Deals'))
  const list = file('list.csv', `number,collected_at\n${NUMBER},2026-11-20T09:30:00-05:00\n`)
  const loaded = await run(
    `sms import ${list} --program Deals --provenance own-form --separate --source https://lantern.example/deals --disclosure ${words} --disclosure-version 1 --json`,
  )
  expect(objectOf(loaded)).toMatchObject({ granted: 1 })
  const sent = await run(
    `sms send ${String(objectOf(made)['id'])} ${NUMBER} S.a.l.e! --site lantern.example --key 1 --json`,
  )
  return { run, dataDir, id: String(objectOf(sent)['id']) }
}

const DECIDED = '--site lantern.example --reason checked'

describe('sluice sms held', () => {
  it('S13 S21 lists a text with what was found, and approves it once', async () => {
    const { run, id, dataDir } = await stage()
    const listed = await run('sms held list --site lantern.example')
    expect(listed.stdout).toMatch(new RegExp(`^${id} {2}Deals, 1 message, the first expires `))
    expect(listed.stdout).toContain('evasion/torn@1')
    expect(listed.stdout).not.toContain(NUMBER)
    expect((await run(`sms held approve ${id} ${DECIDED}`)).stdout).toMatch(/^1 message goes to the gate; /)
    expect((await run('sms held list --site lantern.example')).stdout).toBe('No text waits for a person.\n')
    const again = await run(`sms held approve ${id} ${DECIDED}`)
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('No text waits') as string })
    const log = await (await openedStore(dataDir)).db.selectFrom('audit_log').selectAll().execute()
    expect(log).toContainEqual(
      expect.objectContaining({ action: 'sms.message.approved', actor: 'terminal', reason: 'checked' }),
    )
  })

  it('S13 refuses one, and its message is taken back', async () => {
    const { run, id } = await stage()
    expect(objectOf(await run(`sms held refuse ${id} ${DECIDED} --json`))).toEqual({ withdrawn: 1 })
    expect(objectOf(await run(`sms status ${id} --site lantern.example --json`))).toMatchObject({
      status: 'cancelled',
      decision: { because: ['text-refused'] },
    })
  })
})

describe('sluice sms dead-letter', () => {
  it('replays what did not go out, and only once it is known of the others', async () => {
    const { run, id, dataDir } = await stage()
    const store = await openedStore(dataDir)
    const decision = JSON.stringify({ verdict: 'given-up', because: ['not-found'] })
    await store.db.updateTable('sms_message').set({ status: 'dead', decision }).where('id', '=', id).execute()
    const listed = await run('sms dead-letter list --site lantern.example')
    expect(listed.stdout).toMatch(new RegExp(`${id}.* not-found .*settle it first`))
    const early = await run(`sms dead-letter replay ${id} ${DECIDED}`)
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('may have gone out') as string })
    const settled = await run(`sms dead-letter settle ${id} not-sent ${DECIDED}`)
    expect(settled.stdout).toContain('can be replayed')
    expect(objectOf(await run(`sms dead-letter replay ${id} ${DECIDED} --json`))).toMatchObject({
      replayed: true,
    })
    expect((await run('sms dead-letter list --site lantern.example')).stdout).toBe(
      'No message was given up.\n',
    )
  })
})

describe('sluice sms answer', () => {
  it('S8 lists answers that wait for a person', async () => {
    const { run } = await stage()
    expect((await run('sms answer list --site lantern.example')).stdout).toBe(
      'No answer waits for a person.\n',
    )
  })
})

describe('a decision that is typed wrongly', () => {
  it.each([
    ['sms held list', 2, 'Name the site'],
    ['sms held approve none --site lantern.example', 2, 'Say why'],
    [`sms held approve none ${DECIDED} --hours 200`, 2, 'hours'],
    [`sms held approve none ${DECIDED}`, 1, 'No text waits for a person under this id'],
    ['sms held approve none --reason checked --site other.example', 1, 'other.example'],
    [`sms answer settle none maybe ${DECIDED}`, 2, 'as'],
    [`sms answer settle none other ${DECIDED}`, 1, 'No unclear answer'],
    [`sms dead-letter settle none maybe ${DECIDED}`, 2, 'as'],
    [`sms dead-letter replay none ${DECIDED}`, 1, 'no message with this id'],
    [`sms dead-letter replay none ${DECIDED} --expires tomorrow`, 2, 'expiresAt'],
  ])('%s is refused with %i', async (typed, code, why) => {
    const run = terminal()
    await run('site add lantern.example')
    const refused = await run(typed)
    expect([refused.code, refused.stdout]).toEqual([code, ''])
    expect(refused.stderr).toContain(why)
  })
})
