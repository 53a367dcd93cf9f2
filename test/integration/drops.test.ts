import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { DROP_REASONS, type DropReason } from '../../schema/outcome.ts'
import { ask, choose, CHROME, pageview, send, useProduct, type Sender } from '../support/product.ts'

const site = 'drops.example'
const ADDRESS = '203.0.113.77'
const SENTINELS = [ADDRESS, 'jane.doe@mail.example', 'Googlebot', 'sentinel-property']

type Dropped = readonly [reason: DropReason, events: unknown[], sender?: Sender]

const view = (more: Record<string, unknown> = {}): Record<string, unknown> => pageview(site, '/a', more)
const SPAM = 'https://semalt.com/'

/** Requests whose events are dropped, each for one reason. */
function requests(functional: string): Dropped[] {
  return [
    ['no_consent', [view({ type: 'event', name: 'sentinel-property' })]],
    ['consent_invalid', [view(), view()], { consent: 'forged' }],
    ['consent_category', [view()], { consent: functional }],
    ['gpc', [view(), view(), view()], { headers: { 'sec-gpc': '1' } }],
    ['bot', [view()], { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['prefetch', [view()], { headers: { 'sec-purpose': 'prefetch' } }],
    ['referrer_spam', [view({ referrer: SPAM })]],
    ['hostname', [view({ url: 'https://elsewhere.example/' })]],
    ['invalid_event', [view({ url: 'no address' }), { type: 'pageview' }, 7]],
    ['unsupported_type', [view({ type: 'hologram' })]],
    ['foreign_origin', [view()], { headers: { origin: 'https://evil.example' } }],
  ]
}

describe('the drop ledger of a running server', () => {
  const used = useProduct(site)
  const model = new Map<string, number>()
  let late = 0
  let scrubbed = 0

  async function sendAll(): Promise<void> {
    const { product } = used
    const choice = await choose(product.url, site, { action: 'custom', granted: ['functionality'] })
    const { token = '' } = (await choice.json()) as { token?: string }
    const counted = (reason: DropReason, count: number): void =>
      void model.set(reason, (model.get(reason) ?? 0) + count)
    await Promise.all(
      requests(token).map(async ([reason, events, sender]) => {
        const answer = await send(product.url, site, events, { address: ADDRESS, ...sender })
        const body = (await answer.json()) as { dropped?: number }
        if (reason === 'foreign_origin') expect(answer.status).toBe(403)
        else expect([reason, body.dropped]).toEqual([reason, events.length])
        counted(reason, events.length)
      }),
    )
    // One of them again, one from yesterday, one with an address in it.
    const once = view()
    const old = view({ time: Date.now() - 3 * 86_400_000 })
    const told = view({ url: `https://${site}/hello/jane.doe@mail.example` })
    const answer = await send(product.url, site, [once, once, old, told])
    expect(await answer.json()).toEqual({ accepted: 3, dropped: 1 })
    counted('duplicate', 1)
    late++
    scrubbed++
    expect((await send(product.url, 'nobody.example', [view()])).status).toBe(403)
    expect(
      (await fetch(`${product.url}/e`, { method: 'POST', body: '{', headers: { 'user-agent': CHROME } }))
        .status,
    ).toBe(400)
  }

  const byReason = async (): Promise<Map<string, number>> => {
    const { product, key } = used
    const { rows } = await ask(product.url, key, { site, period: '7d', breakdown: 'dropReason' })
    return new Map(rows.map((row) => [String(row['dropReason']), Number(row.drops)]))
  }

  it('R2.6 R9.1 R1.1 counts each reason to the last event, over kills and restarts', async () => {
    const { product, key } = used
    for (let round = 0; round < 3; round++) {
      await sendAll()
      // Nothing is waited for: what was answered is on the disk.
      if (round === 1) await product.stop()
      else await product.kill()
      await product.restart()
      expect(await byReason()).toEqual(model)
    }
    const { totals, rows } = await ask(product.url, key, {
      site,
      period: '7d',
      interval: 'hour',
      metrics: ['drops', 'late', 'scrubbed'],
    })
    const all = [...model.values()].reduce((sum, count) => sum + count, 0)
    expect(totals).toEqual({ drops: all, late, scrubbed })
    const busy = rows.filter((row) => Number(row.drops) > 0)
    expect(busy.reduce((sum, row) => sum + Number(row.drops), 0)).toBe(all)
    expect(busy.length).toBeLessThanOrEqual(2)
    const kinds = await ask(product.url, key, { site, period: 'today', breakdown: 'scrubKind' })
    expect(kinds.rows).toEqual([{ scrubKind: 'email', scrubbed }])
  }, 120_000)

  it('R2.6 R9.1 says the same in the terminal and as a file', async () => {
    const { product, key } = used
    const words = [
      'query',
      '--site',
      site,
      '--period',
      '7d',
      '--metrics',
      'drops',
      '--breakdown',
      'dropReason',
    ]
    const answer = JSON.parse(await product.cli(...words, '--json')) as { rows: Record<string, unknown>[] }
    expect(new Map(answer.rows.map((row) => [row['dropReason'], row['drops']]))).toEqual(model)
    expect(await product.cli(...words)).toMatch(/bot +\d/)
    const query = JSON.stringify({ site, period: '7d', breakdown: 'dropReason' })
    const file = await fetch(`${product.url}/api/query.csv?query=${encodeURIComponent(query)}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const lines = (await file.text()).trim().split('\r\n')
    expect(lines[0]).toBe('"dropReason","drops"')
    expect(lines).toHaveLength(model.size + 1)
  })

  it('R2.6 R9.1 counts an import of the same log again, line by line', async () => {
    const { product } = used
    const log = path.join(product.data, 'access.log')
    const line = `${ADDRESS} - - [${stampOf(Date.now() - 3_600_000)}] "GET /a HTTP/1.1" 200 5 "-" "${CHROME}"\n`
    writeFileSync(log, `${line}${line}no line of a log\n`)
    for (let time = 0; time < 2; time++) {
      await product.cli('import', log, '--site', site, '--format', 'combined')
    }
    const now = await byReason()
    expect(now.get('duplicate')).toBe((model.get('duplicate') ?? 0) + 2)
    expect(now.get('invalid_event')).toBe((model.get('invalid_event') ?? 0) + 2)
  })

  it('R2.6 keeps unknown sites and what cannot be read for the whole installation, and nothing of anybody', async () => {
    const { product } = used
    const known = await byReason()
    expect(known.has('unknown_site') || known.has('unreadable')).toBe(false)
    expect([...known.keys()].every((reason) => reason in DROP_REASONS)).toBe(true)
    await product.stop()
    const store = new Database(path.join(product.data, 'store.db'))
    const rows = store.prepare('SELECT * FROM drop_count').all() as { site_id: number; reason: string }[]
    store.close()
    const whole = rows.filter((row) => row.site_id === 0).map((row) => row.reason)
    expect([...new Set(whole)].toSorted()).toEqual(['unknown_site', 'unreadable'])
    const text = JSON.stringify(rows)
    for (const sentinel of SENTINELS) expect(text).not.toContain(sentinel)
    for (const name of readdirSync(path.join(product.data, 'drops'))) {
      expect(readFileSync(path.join(product.data, 'drops', name), 'latin1')).toBe('')
    }
  })
})

/** `24/Nov/2026:14:50:00 +0000`. */
function stampOf(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
