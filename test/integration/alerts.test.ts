import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpSink, type HttpSink } from '../support/http-sink.ts'
import { startProduct, type Product } from '../support/product.ts'
import { post, setUpAccount, setUpLinkIn } from '../support/sign-in.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'

const SECRET = 'a secret of the receiver'
const OPS = 'ops@example.org'

/** Alerts of the running product, received on loopback. */
describe('R4.9 alerts of the running product', () => {
  let product: Product
  let hook: HttpSink
  let mail: SmtpSink

  beforeAll(async () => {
    hook = await httpSink()
    mail = await smtpSink()
    product = await startProduct({
      SLUICE_ALERT_WEBHOOK: hook.url,
      SLUICE_ALERT_SECRET: SECRET,
      SLUICE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      SLUICE_ALERT_EMAIL: OPS,
    })
  }, 90_000)
  afterAll(async () => {
    await product.dispose()
    await Promise.all([hook.close(), mail.close()])
  })

  it('tell of a burst of wrong sign-ins at once, by webhook and e-mail, and name nobody', async () => {
    await setUpAccount(setUpLinkIn(product.output()))
    const given = { email: 'owner@example.org', password: 'a wrong gate', code: '000000' }
    const from = { 'x-forwarded-for': '198.51.100.77' }
    const statuses: number[] = []
    for (let count = 0; count < 8; count++) {
      statuses.push((await post(`${product.url}/api/sign-in`, given, from)).status)
    }
    expect(statuses.at(-1)).toBe(429)
    await expect.poll(() => [hook.received.length, mail.mails.length]).toEqual([1, 1])

    const { body = '', headers } = hook.received[0] ?? {}
    expect(JSON.parse(body)).toMatchObject({
      kind: 'burst.blocked',
      count: 1,
      what: ['sign-in'],
      server: null,
    })
    expect(headers?.['sluice-signature']).toBe(
      `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    )
    const text = mail.mails[0]?.text ?? ''
    expect(text).toContain('Subject: Sluice: burst.blocked')
    for (const secret of ['198.51.100', 'owner@example.org', 'a wrong gate', SECRET]) {
      expect(body).not.toContain(secret)
      expect(text).not.toContain(secret)
    }
    expect(text.replaceAll(OPS, ''), 'of anybody else').not.toMatch(/[\w.]+@(?!example\.org>)/)
    const metrics = await (await fetch(`${product.url}/metrics`)).text()
    expect(metrics).toContain('sluice_alerts_delivered_total 2')
    expect(metrics).toContain('sluice_alerts_undelivered_total 0')
    expect(product.output()).not.toContain(hook.url)
  }, 60_000)
})
