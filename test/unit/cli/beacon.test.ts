import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MailParts } from '../../../schema/email.ts'
import { dataFolder } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

const SITE = '--site example.com'

describe('R7.1 sluice beacon', () => {
  it('makes, lists and ends campaigns, and prints what goes into a mail', async () => {
    const run = terminal({ PUBLIC_URL: 'https://stats.example.com' })
    await run('site add example.com')
    expect((await run(`beacon list ${SITE}`)).stdout).toContain('sluice beacon add')
    const links = '--link https://example.com/a --link https://example.com/b,c'
    expect(objectOf(await run(`beacon add Spring ${SITE} --mode aggregate ${links} --json`))).toMatchObject({
      campaign: {
        name: 'Spring',
        mode: 'aggregate',
        links: ['https://example.com/a', 'https://example.com/b,c'],
      },
    })
    const mail = objectOf(await run(`beacon mint Spring ${SITE} --sends 40 --json`)) as unknown as MailParts
    expect(mail).toMatchObject({ mode: 'aggregate', links: [], headers: {} })
    expect(mail.open?.url).toMatch(/^https:\/\/stats\.example\.com\/o\/[\w-]{108}\.gif$/)
    expect((await run(`beacon mint Spring ${SITE}`)).stdout.trim()).toBe(mail.open?.html)
    const [campaign] = objectOf(await run(`beacon list ${SITE} --json`))['campaigns'] as object[]
    expect(campaign).toMatchObject({ name: 'Spring', sends: 41 })
    expect((await run(`beacon remove Spring ${SITE}`)).code).toBe(0)
    expect(await run(`beacon mint Spring ${SITE}`)).toMatchObject({ code: 1 })
    expect((await run('audit verify')).code).toBe(0)
  })

  it('reads consents from a file, asks for them, erases them and verifies their ledger', async () => {
    const run = terminal({ PUBLIC_URL: 'https://stats.example.com' })
    await run('site add example.com')
    await run(`beacon add Spring ${SITE} --mode identified`)
    const file = path.join(dataFolder(), 'consents.csv')
    writeFileSync(
      file,
      'email,purposes,copy,method\nada@lovelace.example,email_open,May we?,form\nx,email_open,y,form\n',
    )
    const imported = await run(`beacon import ${file} ${SITE}`)
    expect([imported.code, imported.stdout]).toEqual([
      0,
      '1 decisions are recorded.\nRow 3 is not: This is no e-mail address: write it like name@example.com.\n',
    ])
    const refused = await run(`beacon mint Spring ${SITE} --recipient nobody@lovelace.example`)
    expect([refused.code, refused.stderr.includes('has not consented to email_open')]).toEqual([1, true])
    expect(refused.stderr).not.toContain('lovelace')
    const mail = await run(`beacon mint Spring ${SITE} --recipient ada@lovelace.example`)
    expect(mail.stdout.split('\n').slice(1, 4)).toEqual([
      expect.stringMatching(/^https:\/\/stats\.example\.com\/u\//),
      expect.stringMatching(/^List-Unsubscribe: <https:\/\/stats\.example\.com\/u\//),
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    ])
    expect(objectOf(await run(`beacon verify ${SITE} --json`))).toEqual({
      ok: true,
      site: 'example.com',
      rows: 1,
      faults: [],
    })
    expect(await run(`beacon erase none ${SITE}`)).toMatchObject({ code: 1 })
  })

  it.each([
    ['beacon add Spring', 2, '--mode is missing'],
    ['beacon add Spring --site example.com --mode loud', 1, '"loud" is no mode'],
    ['beacon add a@b.example --site example.com --mode off', 1, 'Leave e-mail addresses'],
    ['beacon add Spring --site example.com --mode off --link javascript:x', 1, 'a whole address on the web'],
    ['beacon mint Spring --site example.com --sends none', 2, '--sends needs a number'],
    ['beacon list', 2, '--site is missing'],
    ['beacon list --site other.example', 1, 'is not registered'],
    ['beacon import /nowhere.csv --site example.com', 1, 'cannot be read (ENOENT)'],
  ])('%s ends with %i', async (line, code, sentence) => {
    const run = terminal()
    await run('site add example.com')
    const ran = await run(line)
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(sentence)])
  })
})
