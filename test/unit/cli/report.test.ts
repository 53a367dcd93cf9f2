import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { systemClock } from '../../../server/clock.ts'
import type { CliContext } from '../../../server/cli/context.ts'
import { withAudit, withStore } from '../../../server/cli/with-store.ts'
import { createReports } from '../../../server/reports/reports.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { smtpSink } from '../../support/smtp-sink.ts'
import { dataFolder } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

/** A terminal on a store with a weekly report for two people, of whom the first said yes. */
async function scene(
  more: Record<string, string> = {},
): Promise<{ run: ReturnType<typeof terminal>; context: CliContext; id: string }> {
  const env = { SLUICE_DATA: dataFolder(), LOG_LEVEL: 'silent', ...more }
  const run = terminal(env)
  await run('site add example.com')
  await run('site add other.example')
  const ignored = { write: () => undefined }
  const context = {
    config: readConfig(env),
    env,
    args: [],
    json: false,
    stdout: ignored,
    stderr: ignored,
  }
  const id = await withAudit(context, async (store, audit, { data }) => {
    const reports = createReports({ store, clock: systemClock, dataKeys: data, audit })
    const made = await reports.create(
      createSites({ store, clock: systemClock }).get('example.com'),
      { kind: 'weekly', language: 'de', recipients: ['a@example.org', 'b@example.org'] },
      { actor: 'terminal' },
    )
    const first = (await reports.recipients(made)).find(({ email }) => email === 'a@example.org')
    await reports.confirm(first?.id ?? '', null)
    return made
  })
  return { run, context, id }
}

describe('sluice report', () => {
  it('R9.1 list tells what is sent about a site and to whom, and remove ends it', async () => {
    const { run, context, id } = await scene()
    const { stdout } = await run('report list --site example.com')
    expect(stdout).toMatch(new RegExp(`${id} +example.com +weekly +de +a@example.org +gets it`))
    expect(stdout).toMatch(
      new RegExp(`${id} +example.com +weekly +de +b@example.org +could not be asked yet`),
    )
    expect(objectOf(await run('report list --json'))).toMatchObject({
      reports: [{ site: 'example.com', id, kind: 'weekly', threshold: null, told: null }],
    })
    expect((await run('report list --site other.example')).stdout).toContain('There is no report')
    expect(objectOf(await run(`report remove ${id} --json`))).toEqual({ removed: id })
    expect(objectOf(await run('report list --json'))).toEqual({ reports: [] })
    const told = await withStore(context, (store) =>
      store.db.selectFrom('audit_log').select(['action', 'actor', 'subject']).execute(),
    )
    expect(told).toContainEqual({ action: 'report.removed', actor: 'terminal', subject: id })
  })

  it('R9.1 create asks each recipient once, and what it made is like what the dashboard makes', async () => {
    const sink = await smtpSink()
    onTestFinished(() => sink.close())
    const { run, context } = await scene({
      SLUICE_SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      SLUICE_MAIL_FROM: 'stats@example.com',
    })
    const made = await run(
      'report create --site other.example --kind drop --threshold 40 --language de --to Ann@example.org --to bob@example.org --to ann@example.org --json',
    )
    expect([made.code, made.stderr]).toEqual([0, ''])
    const { id } = objectOf(made)
    expect(objectOf(made)).toEqual({ id: expect.stringMatching(/^[\da-f]{16}$/) as string, unasked: 0 })
    // Whoever was made at one moment is asked in the order of random ids.
    expect(sink.mails.map(({ to }) => to.join(' ')).toSorted()).toEqual([
      'ann@example.org',
      'bob@example.org',
    ])
    expect(objectOf(await run('report list --site other.example --json'))).toMatchObject({
      reports: [
        {
          id,
          kind: 'drop',
          language: 'de',
          threshold: 40,
          recipients: [
            { email: expect.stringContaining('@') as string, isConfirmed: false },
            { email: expect.stringContaining('@') as string, isConfirmed: false },
          ],
        },
      ],
    })
    const told = await withStore(context, (store) =>
      store.db.selectFrom('audit_log').select(['action', 'actor', 'subject', 'site']).execute(),
    )
    expect(told).toContainEqual({
      action: 'report.created',
      actor: 'terminal',
      subject: id,
      site: 'other.example',
    })
    sink.mails.length = 0
    expect((await run(`report preview ${String(id)}`)).stdout).toMatch(
      /^Wenige Seitenaufrufe auf other\.example\n\nother\.example hatte 39 Seitenaufrufe .* unter 40 wissen\.\n/,
    )
    expect(sink.mails).toEqual([])
  })

  it('R9.1 preview prints the mail of an alert that is not made yet, and makes and sends nothing', async () => {
    const { run } = await scene({ PUBLIC_URL: 'https://stats.example.com' })
    const shown = await run('report preview --site other.example --kind spike --threshold 500 --json')
    expect(objectOf(shown)).toEqual({
      subject: 'Many page views on other.example',
      text: expect.stringContaining(
        'had 500 page views within the last half hour. You asked to be told from 500 on.',
      ) as string,
    })
    expect(shown.stdout).toContain('https://stats.example.com/?site=other.example')
    expect((await run('report list --site other.example')).stdout).toContain('There is no report')
  })

  it('R9.1 recipient add asks one more and nobody else; recipient remove ends it for one', async () => {
    const sink = await smtpSink()
    onTestFinished(() => sink.close())
    const { run, id } = await scene({
      SLUICE_SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      SLUICE_MAIL_FROM: 'stats@example.com',
      PUBLIC_URL: 'https://stats.example.com',
    })
    const added = await run(`report recipient add ${id} Cat@example.org`)
    expect([added.code, added.stderr]).toEqual([0, ''])
    expect(added.stdout).toContain('cat@example.org is a recipient')
    expect(sink.mails.map(({ to }) => to.join(' '))).toEqual(['cat@example.org'])
    expect(sink.mails[0]?.text.replace(/=\n/g, '')).toContain('https://stats.example.com/reports/')
    expect((await run('report list')).stdout).toMatch(/cat@example.org +was asked/)
    const twice = await run(`report recipient add ${id} cat@example.org`)
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('a recipient already')])
    expect(await run(`report recipient remove ${id} a@example.org`)).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await run('report list')
    expect(stdout).not.toContain(' a@example.org')
    expect(stdout).toMatch(/b@example.org +could not be asked yet/)
    sink.refuse('451 later')
    const unasked = await run(`report recipient add ${id} dan@example.org --json`)
    expect(objectOf(unasked)).toMatchObject({ unasked: 1 })
    expect(unasked.stderr).toMatch(/did not take the question to one recipient \(.*reply 451\)/)
  })

  it('recipient add without a mail server is refused, and adds nobody', async () => {
    const { run, id } = await scene()
    const refused = await run(`report recipient add ${id} cat@example.org`)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('SLUICE_SMTP_URL')])
    expect((await run('report list')).stdout).not.toContain('cat@')
    const unknown = await run(`report recipient remove ${id} cat@example.org`)
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('is no recipient')])
  })

  it.each([
    ['report create --kind weekly --to ann@example.org', 2, '--site is missing'],
    ['report create --site example.com --to ann@example.org', 2, '--kind is missing'],
    ['report create --site example.com --kind daily --to a@example.org', 2, '--kind is one of weekly'],
    ['report create --site example.com --kind weekly', 2, '--to is missing'],
    ['report create --site example.com --kind weekly --to nobody', 2, 'This is no e-mail address'],
    ['report create --site example.com --kind spike --to a@example.org', 2, '--threshold is missing'],
    ['report create --site example.com --kind weekly --threshold 5 --to a@b.example', 2, 'is of an alert'],
    ['report create --site example.com --kind drop --threshold 0 --to a@b.example', 2, 'whole number'],
    ['report create --site example.com --kind weekly --language fr --to a@b.example', 2, '--language is one'],
    ['report create --site nowhere.example --kind weekly --to a@b.example', 1, 'is not registered'],
    ['report preview', 2, '--site is missing'],
    ['report preview none', 1, 'There is no report with the id "none"'],
    ['report preview none --kind weekly', 2, 'leave the id or the flags out'],
    ['report preview --site nowhere.example --kind spike', 1, 'is not registered'],
    ['report recipient add none ann@example.org', 1, 'There is no report with the id "none"'],
    ['report recipient remove none ann@example.org', 1, 'There is no report with the id "none"'],
    ['report recipient add none nobody', 2, 'This is no e-mail address'],
    ['report recipient add none', 2, 'takes <id> <email>'],
    ['report remove none', 1, 'There is no report with the id "none"'],
    ['report list --site nowhere.example', 1, 'is not registered'],
    ['report remove', 2, 'sluice report remove'],
  ])('%s is refused', async (typed, code, why) => {
    const { run } = await scene()
    const refused = await run(typed)
    expect([refused.code, refused.stdout]).toEqual([code, ''])
    expect(refused.stderr).toContain(why)
  })
})
