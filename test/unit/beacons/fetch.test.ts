import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { MailParts } from '../../../schema/email.ts'
import { UserError } from '../../../server/errors.ts'
import { rowsOf } from '../store/opened.ts'
import { GIVEN, mailScene, SITE, type MailScene } from './rig.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
const DAY_MS = 86_400_000

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  raw: string[]
  body: Buffer
}

function get(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers: { 'user-agent': CHROME, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          raw: response.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** The path of an address that was made for a mail. */
function pathOf(address: string | undefined): string {
  return new URL(address ?? '').pathname
}

async function identified(scene: MailScene, decision = GIVEN): Promise<MailParts & { id: string }> {
  await scene.campaigns.put(scene.site.id, { name: 'Spring', mode: 'identified', links: [] })
  const [id = ''] = await scene.recipients.record(scene.site.id, [decision], 'api')
  const parts = await scene.mint(scene.site, { campaign: 'Spring', recipient: id })
  scene.clock.pass(600_000)
  return { ...parts, id }
}

/** In an order that does not hang on which was counted first. */
const toldOf = (scene: MailScene): unknown[] =>
  scene.kept
    .map(({ day, type, basis, campaign, verdict }) => [day, type, basis, campaign, verdict])
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1))

describe('R7.1 R2.4 a mail of a campaign', () => {
  it('off tells nothing and has no address of ours', async () => {
    const scene = await mailScene()
    await scene.campaigns.put(scene.site.id, { name: 'Quiet', mode: 'off', links: ['https://example.com/a'] })
    const parts = await scene.mint(scene.site, { campaign: 'Quiet', links: ['https://example.com/a'] })
    expect(parts).toEqual({
      mode: 'off',
      links: [{ target: 'https://example.com/a', url: 'https://example.com/a' }],
      headers: {},
    })
  })

  it('aggregate has one address for everybody and a day, and another on the next', async () => {
    const scene = await mailScene()
    await scene.campaigns.put(scene.site.id, { name: 'News', mode: 'aggregate', links: [] })
    const mint = (): Promise<MailParts> => scene.mint(scene.site, { campaign: 'News', sends: 100 })
    const first = await mint()
    scene.clock.pass(3_600_000)
    expect((await mint()).open?.url).toBe(first.open?.url)
    scene.clock.pass(DAY_MS)
    expect((await mint()).open?.url).not.toBe(first.open?.url)
    expect(first.headers).toEqual({})
    await get(scene.url + pathOf(first.open?.url))
    await get(scene.url + pathOf(first.open?.url), 'GET', { 'user-agent': GMAIL })
    await scene.counted()
    expect(toldOf(scene)).toEqual([
      ['2026-11-25', 'fetch', 'aggregate', 'News', 'human'],
      ['2026-11-25', 'fetch', 'aggregate', 'News', 'proxy'],
    ])
    expect(await scene.campaigns.list(scene.site.id)).toMatchObject([{ name: 'News', sends: 300 }])
    expect(await rowsOf(scene.store, 'email_send', 'ORDER BY day')).toMatchObject([
      { campaign: 'News', day: '2026-11-24', sends: 200 },
      { campaign: 'News', day: '2026-11-25', sends: 100 },
    ])
  })

  it('identified is refused without the recipient’s own consent, or falls back as it is told to', async () => {
    const scene = await mailScene()
    await scene.campaigns.put(scene.site.id, { name: 'Spring', mode: 'identified', links: [] })
    const mint = (more: object = {}): Promise<MailParts> =>
      scene.mint(scene.site, { campaign: 'Spring', recipient: GIVEN.email, ...more })
    const refused = new UserError(
      'This recipient has not consented to email_open: record it in /api/email-consents, or say what to do with `otherwise`.',
      403,
    )
    await expect(mint()).rejects.toThrow(refused)
    await expect(mint({ recipient: undefined })).rejects.toThrow(UserError)
    await expect(mint({ recipient: 'A'.repeat(22) })).rejects.toThrow(refused)
    // Of links alone is not of opening.
    const [id = ''] = await scene.recipients.record(
      scene.site.id,
      [{ ...GIVEN, purposes: ['email_click'] }],
      'api',
    )
    await expect(mint()).rejects.toThrow(refused)
    expect((await mint({ otherwise: 'aggregate' })).mode).toBe('aggregate')
    expect((await mint({ otherwise: 'off' })).open).toBeUndefined()
    await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    const parts = await mint({ recipient: id })
    expect(parts.mode).toBe('identified')
    expect(parts.open?.html).toBe(
      `<img src="${parts.open?.url}" width="1" height="1" alt="" role="presentation" style="border:0" />`,
    )
    expect(parts.headers).toEqual({
      'List-Unsubscribe': `<${parts.withdraw}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
    // On another site the same person has consented to nothing.
    await expect(mint({ recipient: id, campaign: 'Other' })).rejects.toThrow('no such campaign')
  })
})

describe('R7.1 a fetch', () => {
  it('counts a day, a campaign and a verdict, and once a day however often', async () => {
    const scene = await mailScene()
    const { open } = await identified(scene)
    const path = scene.url + pathOf(open?.url)
    for (let times = 0; times < 3; times++) await get(path)
    await get(path, 'GET', { 'user-agent': GMAIL })
    await get(path, 'GET', { 'sec-purpose': 'prefetch' })
    scene.clock.pass(DAY_MS)
    await get(path)
    await scene.counted()
    expect(toldOf(scene)).toEqual([
      ['2026-11-24', 'fetch', 'email_open', 'Spring', 'human'],
      ['2026-11-24', 'fetch', 'email_open', 'Spring', 'prefetch'],
      ['2026-11-24', 'fetch', 'email_open', 'Spring', 'proxy'],
      ['2026-11-25', 'fetch', 'email_open', 'Spring', 'human'],
    ])
    expect(scene.dropped).toEqual(['duplicate', 'duplicate'])
  })

  it('R2.4 counts nothing once the consent is taken back, of mails that are out too', async () => {
    const scene = await mailScene()
    const { open, withdraw } = await identified(scene)
    await get(scene.url + pathOf(open?.url))
    await scene.counted()
    expect(scene.kept).toHaveLength(1)
    const answer = await fetch(scene.url + pathOf(withdraw), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    expect(answer.status).toBe(200)
    scene.clock.pass(DAY_MS)
    await get(scene.url + pathOf(open?.url))
    await expect.poll(() => scene.dropped).toEqual(['no_consent'])
    expect(scene.kept).toHaveLength(1)
  })

  it('counts nothing of a mail that is too old, of a campaign that is over, and of what was not made here', async () => {
    const scene = await mailScene()
    const { open, withdraw } = await identified(scene)
    const path = pathOf(open?.url)
    const forged = path.replace(/.(?=\.gif)/, (last) => (last === 'A' ? 'B' : 'A'))
    await get(scene.url + forged)
    await get(`${scene.url}/o/x.gif`)
    // A token of another kind opens no picture.
    await get(`${scene.url}${pathOf(withdraw).replace('/u/', '/o/')}.gif`)
    await get(scene.url + path, 'HEAD')
    scene.clock.pass(90 * DAY_MS)
    await get(scene.url + path)
    await scene.counted()
    expect(scene.dropped.toSorted()).toEqual([
      'beacon_expired',
      'beacon_unknown',
      'beacon_unknown',
      'beacon_unknown',
      'head',
    ])

    const other = await mailScene()
    const mail = await identified(other)
    await other.campaigns.put(other.site.id, { name: 'Spring', mode: 'off', links: [] })
    await get(other.url + pathOf(mail.open?.url))
    await other.campaigns.remove(other.site.id, 'Spring')
    await get(other.url + pathOf(mail.open?.url))
    await other.counted()
    expect(other.dropped).toEqual(['beacon_unknown', 'beacon_unknown'])
    expect([...scene.kept, ...other.kept]).toEqual([])
  })

  it('is answered alike, byte by byte and header by header, whatever becomes of it', async () => {
    const scene = await mailScene()
    const { open, withdraw, id } = await identified(scene)
    const path = scene.url + pathOf(open?.url)
    const answers: Answer[] = [await get(path), await get(path)]
    answers.push(
      await get(path, 'GET', { 'user-agent': GMAIL }),
      await get(path, 'GET', { 'user-agent': '' }),
    )
    answers.push(await get(path, 'GET', { 'sec-purpose': 'prefetch', cookie: 'a=b', 'if-none-match': '"x"' }))
    answers.push(await get(path.replace(/.(?=\.gif)/, '_')), await get(`${scene.url}/o/.gif`))
    answers.push(await get(`${scene.url}/o/${'A'.repeat(5_000)}.gif`), await get(`${scene.url}/o/nothing`))
    answers.push(await get(`${scene.url}${pathOf(withdraw).replace('/u/', '/o/')}.gif`))
    await scene.recipients.withdraw(id, 'link')
    answers.push(await get(path))
    await scene.recipients.erase(scene.site.id, { id })
    answers.push(await get(path))
    scene.clock.pass(91 * DAY_MS)
    answers.push(await get(path))
    const [first] = answers
    for (const answer of answers) {
      expect([answer.status, answer.raw, answer.body]).toEqual([200, first?.raw, first?.body])
    }
    expect(first?.body).toHaveLength(43)
    expect(first?.body.subarray(0, 6).toString()).toBe('GIF89a')
    const head = await get(path, 'HEAD')
    expect([head.status, head.raw, head.body.length]).toEqual([200, first?.raw, 0])
    expect(first?.headers).toMatchObject({
      'content-type': 'image/gif',
      'content-length': '43',
      'cache-control': 'no-store, no-cache, must-revalidate, private, max-age=0',
    })
    for (const absent of ['etag', 'last-modified', 'set-cookie', 'date', 'x-powered-by']) {
      expect(first?.headers[absent]).toBeUndefined()
    }
    await scene.counted()
  })

  it('is answered before the token is looked at', async () => {
    const scene = await mailScene()
    const { createOpenRoute } = await import('../../../server/beacons/open-route.ts')
    const order: string[] = []
    const route = createOpenRoute({
      counter: {
        fetched: (token) => {
          order.push(`looked at ${token}`)
          return Promise.resolve()
        },
      },
      facts: scene.facts,
      log: { warn: () => undefined },
    })
    const response = {
      sendDate: true,
      writeHead: () => order.push('answered'),
      end: () => order.push('sent'),
    }
    const request = { url: '/o/abc.gif', method: 'GET', headers: {}, socket: {}, resume: () => undefined }
    expect(route(request as never, response as never)).toBe(true)
    expect(order).toEqual(['answered', 'sent'])
    await new Promise(setImmediate)
    expect(order).toEqual(['answered', 'sent', 'looked at abc'])
  })

  it('takes other methods for a fault, whatever the token', async () => {
    const scene = await mailScene()
    for (const path of ['/o/x.gif', '/u/x', '/l/x']) {
      const { status, headers } = await get(scene.url + path, 'DELETE')
      expect([path, status, headers.allow?.startsWith('GET, HEAD')]).toEqual([path, 405, true])
    }
  })

  it('counts by network, which is let go of', async () => {
    const scene = await mailScene({ networks: { find: () => 'Proofpoint, Inc.' } })
    const { open } = await identified(scene)
    await get(scene.url + pathOf(open?.url), 'GET', { 'x-forwarded-for': '81.2.69.142' })
    await scene.counted()
    expect(scene.kept.map(({ verdict }) => verdict)).toEqual(['scanner'])
    expect(scene.kept[0]?.line).not.toMatch(/Proofpoint|81\.2\.69/)
    expect(SITE).toBe(scene.site.domain)
  })
})
