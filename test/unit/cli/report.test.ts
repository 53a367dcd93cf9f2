import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { systemClock } from '../../../server/clock.ts'
import type { CliContext } from '../../../server/cli/context.ts'
import { withAudit, withStore } from '../../../server/cli/with-store.ts'
import { createReports } from '../../../server/reports/reports.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { dataFolder } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

/** A terminal on a store with a weekly report for two people, of whom the first said yes. */
async function scene(): Promise<{ run: ReturnType<typeof terminal>; context: CliContext; id: string }> {
  const env = { SLUICE_DATA: dataFolder(), LOG_LEVEL: 'silent' }
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
    expect(stdout).toMatch(new RegExp(`${id} +example.com +weekly +de +b@example.org +was asked`))
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

  it.each([
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
