import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { MailParts } from '../../schema/email.ts'
import type { MailQuery, MetricValues, QueryRow } from '../../schema/query.ts'
import { projectRoot } from '../../server/project-root.ts'
import { askEngine } from '../support/installation.ts'
import { ask, CHROME, eventually, useProduct } from '../support/product.ts'
import {
  AGENT_MARK,
  addressForms,
  forms,
  MAIL,
  searchBytes,
  searchFolders,
  V4,
  V6,
} from '../support/sentinels.ts'
import { smtpSink } from '../support/smtp-sink.ts'

const site = 'example.com'
const TARGET = 'https://example.com/offer'
const COPY = 'Count whether I open your mails.'
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'

describe('R7.1 e-mail beacons through the whole product', () => {
  const used = useProduct(site)
  let admin: string
  beforeAll(async () => {
    const made = await used.product.cli('key', 'create', '--site', site, '--scope', 'admin', '--json')
    admin = (JSON.parse(made) as { key: string }).key
  })

  async function api<T>(method: string, address: string, body?: object, key = admin): Promise<T> {
    const answer = await fetch(used.product.url + address, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }

  async function record(email: string, purposes = ['email_open', 'email_click']): Promise<string> {
    const consents = [{ email, event: 'given', purposes, copy: COPY, method: 'form' }]
    const { ids } = await api<{ ids: string[] }>('POST', '/api/email-consents', { site, consents })
    return ids[0] ?? ''
  }

  function get(url = '', headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, { redirect: 'manual', headers: { 'user-agent': CHROME, ...headers } })
  }

  function totals(query: Omit<MailQuery, 'site'> = {}): () => Promise<MetricValues> {
    const metrics: MailQuery['metrics'] = ['sends', 'fetches', 'likelyHuman', 'follows']
    return async () =>
      (await ask(used.product.url, used.key, { site, period: '7d', metrics, ...query })).totals
  }

  it('R7.1 counts mails, opens and links, by campaign and verdict, in the API and in the terminal', async () => {
    await api('PUT', '/api/beacons', { site, campaign: 'News', mode: 'aggregate' })
    await api('PUT', '/api/beacons', { site, campaign: 'Spring', mode: 'identified', links: [TARGET] })
    const news = await api<MailParts>('POST', '/api/beacons', { site, campaign: 'News', sends: 20 })
    for (const agent of [CHROME, CHROME, GMAIL, 'Mozilla/5.0', 'curl/8.10.1']) {
      const answer = await get(news.open?.url, { 'user-agent': agent })
      expect((await answer.arrayBuffer()).byteLength).toBe(43)
    }
    const id = await record('ben@lovelace.example')
    const mint = { site, campaign: 'Spring', recipient: id, links: [TARGET] }
    const spring = await api<MailParts>('POST', '/api/beacons', mint)
    // So soon after the mail was made nobody has read it.
    expect((await get(spring.open?.url)).status).toBe(200)
    expect((await get(spring.links[0]?.url)).headers.get('location')).toBe(TARGET)
    const counted = await eventually(totals(), ({ fetches, follows }) => fetches === 6 && follows === 1)
    expect(counted).toEqual({ sends: 21, fetches: 6, likelyHuman: 3, follows: 1 })
    const table = await used.product.cli('query', '--site', site, '--breakdown', 'emailCampaign')
    expect(table.split('\n').slice(2, 7)).toEqual([
      'emailCampaign  sends  fetches  likelyHuman',
      '─────────────  ─────  ───────  ───────────',
      'News              20        5            3',
      'Spring             1        1            0',
      'total             21        6            3',
    ])
    const { rows } = await ask(used.product.url, used.key, {
      site,
      period: '7d',
      metrics: ['fetches'],
      breakdown: 'verdict',
    })
    expect(rows.map((row: QueryRow) => [row['verdict'], row.fetches])).toEqual([
      ['human', 2],
      ['proxy', 1],
      ['prefetch', 1],
      ['scanner', 2],
    ])
  })

  it('R7.1 is not fooled by what is forged or sent again, nor after the server was killed', async () => {
    const before = await totals()()
    const id = await record('replay@lovelace.example')
    const mail = await api<MailParts>('POST', '/api/beacons', { site, campaign: 'Spring', recipient: id })
    const url = mail.open?.url ?? ''
    // Its verdict is the same at any time.
    const apple = { 'user-agent': 'Mozilla/5.0' }
    await Promise.all(Array.from({ length: 20 }, () => get(url, apple)))
    for (let index = 0; index < 200; index++) {
      const forged = Buffer.from(new URL(url).pathname.slice(3, -4), 'base64url')
      forged[index % forged.length] = (forged[index % forged.length] ?? 0) ^ (1 + (index >> 3))
      await get(`${used.product.url}/o/${forged.toString('base64url')}.gif`)
    }
    const fetches = Number(before.fetches) + 1
    await eventually(totals(), (found) => found.fetches === fetches)
    await used.product.kill()
    await used.product.restart()
    await get(url, apple)
    // Something that counts, so that what was asked for before it is counted too.
    const news = await api<MailParts>('POST', '/api/beacons', { site, campaign: 'News' })
    await get(news.open?.url)
    await eventually(totals(), (found) => Number(found.fetches) > fetches)
    expect(await totals()()).toMatchObject({ fetches: fetches + 1 })
  })

  it('R2.4 R4.1 names no recipient on disk, in the database, the log or an answer', async () => {
    const id = await record(MAIL)
    const mail = await api<MailParts>('POST', '/api/beacons', {
      site,
      campaign: 'Spring',
      recipient: MAIL,
      links: [TARGET],
    })
    for (const url of [mail.open?.url, mail.links[0]?.url, mail.withdraw]) {
      for (const address of [V4, V6]) {
        await get(url, {
          'user-agent': `Mozilla/5.0 (X11; Linux) ${AGENT_MARK}`,
          'x-forwarded-for': address,
          referer: `https://mail.example/${MAIL}`,
        })
      }
    }
    const withdrawn = await fetch(mail.withdraw ?? '', {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    })
    expect(withdrawn.status).toBe(200)
    const news = await api<MailParts>('POST', '/api/beacons', { site, campaign: 'News' })
    const { fetches } = await totals()()
    await get(news.open?.url)
    await eventually(totals(), (found) => Number(found.fetches) > Number(fetches))
    const rows = await askEngine<object>(
      used.product.data,
      "SELECT * FROM sluice.events WHERE collector = 'email'",
    )
    expect(rows.length).toBeGreaterThan(3)
    const token = new URL(mail.open?.url ?? '').pathname.slice(3, -4)
    const needles = [
      ...forms(MAIL),
      ...forms('jane.sentinel'),
      ...forms(AGENT_MARK),
      ...forms(token),
      ...addressForms(V4, V6),
    ]
    const dump = Buffer.from(JSON.stringify([rows, used.product.output()]))
    expect(searchBytes('rows and log', dump, [...needles, ...forms(id)])).toEqual([])
    // What is kept of a fetch is a day, a campaign and a verdict.
    const kept = new Set([
      'day',
      'time',
      'site',
      'event_id',
      'batch_id',
      'row',
      'type',
      'collector',
      'basis',
      'hostname',
      'name',
      'props',
    ])
    for (const row of rows) {
      const said = Object.entries(row).filter(
        ([name, value]) => !kept.has(name) && !['', 0, '0'].includes(value as string),
      )
      expect(said).toEqual([])
      expect(Object.keys((row as { props: object }).props)).toEqual(['verdict'])
    }
    await used.product.stop()
    expect(searchFolders([used.product.data], needles).found).toEqual([])
    await used.product.restart()
    expect(
      (await api<{ consents: object[] }>('GET', `/api/email-consents?site=${site}&id=${id}`)).consents,
    ).toEqual([{ id, email: MAIL, granted: [], unsubscribed: true }])
  })

  it('R7.1 has an example that sends a mail through a mail server', async () => {
    const sink = await smtpSink()
    try {
      const made = await used.product.cli('key', 'create', '--site', site, '--scope', 'ingest', '--json')
      const { key } = JSON.parse(made) as { key: string }
      const run = async (recipient: string): Promise<string> => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [path.join(projectRoot, 'examples/email/send.mjs'), site, 'Spring', recipient, TARGET],
          {
            env: {
              ...process.env,
              SLUICE_URL: used.product.url,
              SLUICE_KEY: key,
              SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
            },
          },
        )
        return stdout.trim()
      }
      await record('cara@lovelace.example')
      expect(await run('cara@lovelace.example')).toBe('sent, identified')
      expect(await run('nobody@lovelace.example')).toBe('sent, off')
      const [measured = '', plain = ''] = sink.mails.map(({ text }) => unfold(text))
      const withdraw = /^List-Unsubscribe: <(.+)>$/m.exec(measured)?.[1] ?? ''
      expect(withdraw).toMatch(/\/u\/[\w-]{108}$/)
      expect(measured).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
      const picture = /<img src="([^"]+)" width="1" height="1" alt=""/.exec(measured)?.[1] ?? ''
      expect((await (await get(picture)).arrayBuffer()).byteLength).toBe(43)
      const link = /href="([^"]+\/l\/[\w-]+)"/.exec(measured)?.[1] ?? ''
      expect((await get(link)).headers.get('location')).toBe(TARGET)
      expect(plain).toContain(`href="${TARGET}"`)
      expect(plain).not.toMatch(/<img|List-Unsubscribe|\/l\//)
    } finally {
      await sink.close()
    }
  })

  it('says in docs/beacons.md what can be run as it stands there', async () => {
    const manual = readFileSync(path.join(projectRoot, 'docs/beacons.md'), 'utf8')
    const lines = [...manual.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, text = '']) =>
      text.replaceAll('\\\n', ' ').replaceAll(/\n +/g, ' ').trim().split('\n'),
    )
    const [requests, commands] = [
      lines.filter((line) => line.startsWith('curl ')),
      lines.filter((line) => line.startsWith('npx sluice ')),
    ]
    expect([requests.length, commands.length]).toEqual([3, 7])
    expect(lines.length).toBe(10)
    let id = ''
    for (const line of requests) {
      const [, address = ''] = /https:\/\/stats\.example\.com(\S+)/.exec(line) ?? []
      const [, body = ''] = /-d '(.*)'$/.exec(line) ?? []
      const method = /-X (\w+)/.exec(line)?.[1] ?? 'POST'
      const answer = await api<{ ids?: string[] }>(
        method,
        address,
        JSON.parse(body.replace('<id>', id)) as object,
      )
      id = answer.ids?.[0] ?? id
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-docs-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = path.join(folder, 'consents.csv')
    writeFileSync(file, 'email,purposes,copy,method\neve@lovelace.example,email_open,May we?,form\n')
    for (const line of commands) {
      const words = [...line.slice('npx sluice '.length).matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word ?? '',
      )
      // Rejects where the command fails.
      expect(
        await used.product.cli(...words.map((word) => (word === 'consents.csv' ? file : word))),
      ).not.toBe('')
    }
  })

  it('R2.4 shows who withdraws a page in the look of the house, that may load nothing from elsewhere', async () => {
    const id = await record('dora@lovelace.example')
    const mail = await api<MailParts>('POST', '/api/beacons', { site, campaign: 'Spring', recipient: id })
    const page = await get(mail.withdraw)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    const css = await get(new URL(style, mail.withdraw).href)
    expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
  })
})

/** The text of a mail with quoted-printable and folded headers undone. */
function unfold(text: string): string {
  return text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
