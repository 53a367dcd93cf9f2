import { describe, expect, it } from 'vitest'
import type { Filter } from '../../schema/query.ts'
import { OWN } from './accounts/route-table.ts'
import { holderOf, stage } from './accounts/stage.ts'

describe('R4.4 the application', () => {
  it('R4.4 asks for no more than the part of a site that a share link is of, whatever its holder asks for', async () => {
    const { all, url, asked, headers } = await stage()
    const germany: Filter = { dimension: 'country', is: ['DE'] }
    const france: Filter = { dimension: 'country', is: ['FR'] }
    const holder = await holderOf(all, [germany])
    const question = { site: OWN, metrics: ['visitors'] }
    const post = async (given: object, by: Record<string, string> | undefined): Promise<number> =>
      (
        await fetch(`${url}/api/query`, {
          method: 'POST',
          headers: { ...by, 'content-type': 'application/json' },
          body: JSON.stringify(given),
        })
      ).status
    const file = `${url}/api/query.csv?query=${encodeURIComponent(JSON.stringify(question))}`
    expect([
      await post(question, holder),
      await post({ ...question, filters: [france] }, holder),
      (await fetch(file, { headers: holder })).status,
      await post(question, headers['analyst']),
    ]).toEqual([200, 200, 200, 200])
    expect(asked).toEqual([
      { ...question, filters: [germany] },
      { ...question, filters: [germany, france] },
      { ...question, filters: [germany] },
      question,
    ])
  })

  it('R2.6 R4.4 says in the audit log who did it, by account or by key', async () => {
    const { all, url, headers } = await stage()
    const did = async (who: string, method: string, path: string, body: object): Promise<number> =>
      (
        await fetch(`${url}${path}`, {
          method,
          headers: { ...headers[who], 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).status
    const report = { site: OWN, kind: 'weekly', recipients: ['ann@example.org'], reason: 'for the board' }
    const note = { day: '2026-11-24', text: 'The new shop opened' }
    expect([
      await did('analyst', 'POST', `/api/sites/${OWN}/notes`, note),
      await did('owner', 'POST', '/api/reports', report),
      await did('key:admin', 'PATCH', `/api/sites/${OWN}/settings`, { timezone: 'Asia/Tokyo' }),
    ]).toEqual([201, 201, 200])
    const accountOf = (who: string): string =>
      `account:${all.sessions.verify(headers[who]?.['cookie'])?.accountId}`
    const keys = await all.store.db.selectFrom('api_key').select('id').where('scope', '=', 'admin').execute()
    const rows = await all.audit.list({ limit: 100 })
    const by = (action: string): string | undefined => rows.find((row) => row.action === action)?.actor
    expect([by('note.added'), by('report.created')]).toEqual([accountOf('analyst'), accountOf('owner')])
    expect(keys.map(({ id }) => `key:${id}`)).toContain(by('site.changed'))
  })
})
