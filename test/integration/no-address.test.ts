import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addSite, ask, eventually, pageview, send, startProduct, type Product } from '../support/product.ts'
import {
  addressForms,
  AGENT_MARK,
  forms,
  MAIL,
  searchBytes,
  searchFolders,
  V4,
  V6,
} from '../support/sentinels.ts'

/** More that occurs nowhere by chance. The card number passes the Luhn check. */
const CARD = '4111111111111111'
const PHONE = '+4915112345678'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZW50aW5lbCJ9.c2VudGluZWxzaWduYXR1cmU'
const site = 'quiet.example'

describe('no address anywhere', () => {
  let product: Product
  let key: string
  const answers: string[] = []
  beforeAll(async () => {
    product = await startProduct({ LOG_LEVEL: 'debug' })
    key = await addSite(product, site)
    const agent = `Mozilla/5.0 (X11; Linux x86_64) ${AGENT_MARK}/9.31 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36`
    for (const address of [V4, V6]) {
      for (let count = 0; count < 20; count++) {
        const query = `email=${encodeURIComponent(MAIL)}&utm_source=news&utm_campaign=${MAIL}&card=${CARD}&phone=${encodeURIComponent(PHONE)}&token=${TOKEN}`
        const events = [
          pageview(site, `/account/${MAIL}/cards/${CARD}?${query}#${TOKEN}`, {
            referrer: `https://other.example/inbox?m=${MAIL}`,
            title: `Hello ${MAIL} ${CARD}`,
            screen: '1440x900',
            language: `en-GB`,
          }),
          pageview(site, `/reset/${TOKEN}/call/${encodeURIComponent(PHONE)}`),
        ]
        const answer = await send(product.url, site, events, {
          address,
          agent,
          headers: { cookie: `mail=${MAIL}` },
        })
        expect(answer.status).toBe(202)
      }
    }
    // Faults are where programs like to quote what they were given.
    const headers = {
      'x-forwarded-for': V4,
      'user-agent': `${AGENT_MARK} ${MAIL}`,
      authorization: `Bearer ${TOKEN}`,
    }
    for (const [route, method, body] of [
      ['/e', 'POST', `{"broken ${MAIL}`],
      ['/e', 'POST', JSON.stringify({ version: 1, site: MAIL, events: [] })],
      [`/nowhere?email=${MAIL}`, 'GET', undefined],
      [`/s/${MAIL}.json`, 'GET', undefined],
      ['/api/query', 'POST', JSON.stringify({ site, breakdown: MAIL })],
    ] as const) {
      const answer = await fetch(product.url + route, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    await eventually(
      () => ask(product.url, key, { site, period: 'today', metrics: ['pageviews'] }),
      (answer) => Number(answer.totals.pageviews) === 80,
    )
    for (const breakdown of [
      'page',
      'referrer',
      'utmCampaign',
      'browser',
      'city',
      'network',
      'language',
    ] as const) {
      answers.push(JSON.stringify(await ask(product.url, key, { site, period: 'today', breakdown })))
    }
    answers.push(await product.cli('query', '--site', site, '--period', 'today', '--breakdown', 'page'))
    answers.push(await (await fetch(`${product.url}/metrics`)).text())
  }, 120_000)
  afterAll(() => product.dispose())

  it('R8.1 R1.1 keeps nothing of addresses, agents, e-mails, cards, phones and tokens in any file, log or answer', async () => {
    const needles = [
      ...addressForms(V4, V6),
      ...[
        AGENT_MARK,
        MAIL,
        'jane.sentinel',
        CARD,
        PHONE,
        PHONE.slice(1),
        TOKEN,
        TOKEN.split('.')[1] ?? '',
      ].flatMap(forms),
    ]
    await product.stop()
    const { files, found } = searchFolders([product.data], needles)
    found.push(...searchBytes('output', Buffer.from(product.output()), needles))
    for (const [index, answer] of answers.entries()) {
      found.push(...searchBytes(`answer ${index}`, Buffer.from(answer), needles))
    }
    expect(files).toBeGreaterThan(5)
    expect(found).toEqual([])
  })

  it('uses the address all the same: the country of both is known', () => {
    expect(net.isIP(V4)).toBe(4)
    expect(answers.join('\n')).toMatch(/"city":"[A-Z]/)
  })
})
