import { createHmac } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { alertOf } from '../../../server/alerts/alerts.ts'
import { createMail } from '../../../server/alerts/mail.ts'
import { isPublicAddress, type Lookup } from '../../../server/alerts/reachable.ts'
import { createWebhook } from '../../../server/alerts/webhook.ts'
import { httpSink, type HttpSink } from '../../support/http-sink.ts'
import { smtpSink, type SmtpSink } from '../../support/smtp-sink.ts'

const SECRET = 'a secret of the receiver'
const NOW = Date.UTC(2026, 10, 24, 10)
const ALERT = alertOf('burst.blocked', {
  count: 3,
  what: ['export'],
  since: NOW - 1_000,
  now: NOW,
  server: 'stats.example.org',
})

async function hook(): Promise<HttpSink> {
  const sink = await httpSink()
  onTestFinished(() => sink.close())
  return sink
}

async function mailServer(): Promise<SmtpSink> {
  const sink = await smtpSink()
  onTestFinished(() => sink.close())
  return sink
}

/** Answers as a name server would. */
const resolving =
  (...addresses: string[]): Lookup =>
  (_host, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

describe('R4.9 an alert by webhook', () => {
  it('is small JSON, signed by HMAC-SHA-256', async () => {
    const sink = await hook()
    expect(await createWebhook({ url: sink.url, secret: SECRET }).send(ALERT)).toBeUndefined()
    const [got] = sink.received
    expect(got?.path).toBe('/hook')
    expect(JSON.parse(got?.body ?? '')).toEqual(ALERT)
    expect(got?.headers['content-type']).toBe('application/json')
    const expected = createHmac('sha256', SECRET)
      .update(got?.body ?? '')
      .digest('hex')
    expect(got?.headers['sluice-signature']).toBe(`sha256=${expected}`)
  })

  it.each([500, 404, 301, 307])(
    'is not taken where it is answered %i, and follows no redirect',
    async (status) => {
      const sink = await hook()
      sink.answers(status)
      const webhook = createWebhook({ url: sink.url, secret: SECRET })
      expect(await webhook.send(ALERT)).toBe(`it answered ${status}`)
      expect(sink.received.map(({ path }) => path)).toEqual(['/hook'])
    },
  )

  it('waits five seconds for an answer', async () => {
    const sink = await hook()
    sink.answers('never')
    const began = performance.now()
    expect(await createWebhook({ url: sink.url, secret: SECRET }).send(ALERT)).toBe('no answer within 5 s')
    expect(performance.now() - began).toBeLessThan(7_000)
  })

  it('says why nobody is there, without an address', async () => {
    const sink = await httpSink()
    await sink.close()
    expect(await createWebhook({ url: sink.url, secret: SECRET }).send(ALERT)).toBe('ECONNREFUSED')
  })

  it.each([
    ['this machine', ['127.0.0.1']],
    ['this machine by IPv6', ['::1']],
    ['this machine, mapped', ['::ffff:127.0.0.1']],
    ['a private network', ['10.0.0.5']],
    ['what clouds tell secrets at', ['169.254.169.254']],
    ['a private network beside the internet', ['93.184.215.14', '192.168.1.1']],
    ['nothing', []],
  ])('goes nowhere where a name of the internet leads to %s', async (_what, addresses) => {
    const sink = await hook()
    const { port } = new URL(sink.url)
    const webhook = createWebhook(
      { url: `https://hooks.example.com:${port}/hook`, secret: SECRET },
      resolving(...addresses),
    )
    expect(await webhook.send(ALERT)).toBe('its name leads into a private network')
    expect(sink.received).toEqual([])
  })

  it('reaches this machine by its own name, and nothing else by that', async () => {
    const sink = await hook()
    const url = sink.url.replace('127.0.0.1', 'localhost')
    expect(await createWebhook({ url, secret: SECRET }, resolving('127.0.0.1')).send(ALERT)).toBeUndefined()
    const led = createWebhook({ url, secret: SECRET }, resolving('93.184.215.14'))
    expect(await led.send(ALERT)).toBe('its name leads into a private network')
  })
})

it.each([
  ['93.184.215.14', true],
  ['1.1.1.1', true],
  ['2606:4700:4700::1111', true],
  ['172.15.0.1', true],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['100.64.0.1', false],
  ['192.168.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::', false],
  ['::1', false],
  ['::ffff:93.184.215.14', false],
  ['64:ff9b::a00:1', false],
  ['fc00::1', false],
  ['fe80::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['ff02::1', false],
  ['example.com', false],
])('R4.2 %s is an address of the internet: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})

describe('R4.9 an alert by e-mail', () => {
  it('goes to the address and comes from it, with the sentence, how often and since when', async () => {
    const sink = await mailServer()
    const mail = createMail({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, to: 'ops@example.org' })
    expect(await mail.send(ALERT)).toBeUndefined()
    const [got] = sink.mails
    // Quoted-printable breaks long lines.
    const text = got?.text.replaceAll('=\n', '')
    expect(got).toMatchObject({ from: 'ops@example.org', to: ['ops@example.org'] })
    expect(text).toContain('Subject: Sluice on stats.example.org: burst.blocked')
    expect(text).toContain('A burst of requests is blocked')
    expect(text).toContain('3 times (export), first at 2026-11-24T09:59:59.000Z.')
    expect(text).not.toMatch(/content-type: text\/html/i)
  })

  it('that is refused says so by the reply code, and quotes nothing', async () => {
    const sink = await mailServer()
    sink.refuse('550 5.1.1 <ops@example.org> unknown at 192.0.2.7')
    const mail = createMail({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, to: 'ops@example.org' })
    expect(await mail.send(ALERT)).toBe('EENVELOPE, reply 550')
  })

  it('is not sent in the clear to another machine', async () => {
    const sink = await mailServer()
    // This machine, written so that it could be any other.
    const mail = createMail({ smtpUrl: `smtp://127.1:${sink.port}`, to: 'ops@example.org' })
    expect(await mail.send(ALERT)).toMatch(/^ETLS/)
    expect(sink.commands.some((command) => command.startsWith('EHLO'))).toBe(true)
    expect(sink.commands.filter((command) => command.startsWith('MAIL'))).toEqual([])
  })

  it('says that nobody is there', async () => {
    const sink = await smtpSink()
    await sink.close()
    const mail = createMail({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, to: 'ops@example.org' })
    expect(await mail.send(ALERT)).toBe('ESOCKET')
  })
})
