import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../../server/openapi/routes.ts'
import { OTHER, OWN } from '../accounts/route-table.ts'
import { because } from '../../../sms/settle.ts'
import { PNG } from '../sms/pictures.ts'
import { numberOf } from '../sms/store/opened.ts'
import { codeOf, cookieOf, PASSWORD, tokenOf } from '../accounts/rig.ts'
import { stage, type Stage } from '../accounts/stage.ts'
import { essential, manifest, service } from '../consent/policy/manifests.ts'

/**
 * A walk through the API in which each route that answers with JSON gives a good answer. What is in it is held against
 * the document by test/support/described-answers.ts, as every answer of every test is.
 */

/** Tests of their own have these: they are answered before the application, or by a device. */
const ELSEWHERE = new Set([
  'POST /e',
  'POST /events',
  'POST /logs',
  'GET /s/:site.json',
  'POST /c',
  'GET /c/:receipt',
  'DELETE /c/:receipt',
  'GET /c/notice/:hash',
  'GET /.well-known/gpc.json',
  'GET /.well-known/sluice-consent.json',
  'POST /sms/webhooks/ringcentral/:secret',
  'POST /api/disclosures',
  'POST /api/sign-in/passkey',
  'POST /api/passkeys',
  'DELETE /api/passkeys/:id',
])

const MANIFEST = {
  ...manifest({ services: [service(), essential()], policyUrl: 'https://own.example/privacy' }),
}
const SENDER = '+12015550100'
const REASON = 'a walk through all answers'
const PROGRAM = {
  name: 'Lantern Deals',
  seller: 'Lantern Coffee LLC',
  description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
  kind: 'marketing',
  useCase: 'Marketing',
  domains: ['own.example'],
  confirm: 'off',
  frequency: { most: 4, days: 30 },
  samples: ['Two lattes for one today.', 'A new roast is in our shops.'],
  contact: 'help@own.example',
  terms: 'https://own.example/terms',
  privacy: 'https://own.example/privacy',
  budget: { most: 5_000_000, days: 30 },
}

interface Options {
  path?: string
  body?: object | string | Uint8Array<ArrayBuffer>
  type?: string
  /** Whose browser; `owner` is signed in, another is nobody at first. */
  as?: string
}

interface Walk {
  /** Asks, expects a good answer, and remembers the route. */
  ask<T = Record<string, unknown>>(name: string, options?: Options): Promise<T>
  readonly asked: Set<string>
}

function walkOf({ url, headers }: Stage): Walk {
  const asked = new Set<string>()
  const cookies = new Map([['owner', headers['owner']?.['cookie'] ?? '']])
  return {
    asked,
    ask: async (name, { path, body, type = 'application/json', as = 'owner' } = {}) => {
      const [method = '', pattern = ''] = name.split(' ')
      const response = await fetch(encodeURI(`${url}${path ?? pattern}`), {
        method,
        headers: {
          cookie: cookies.get(as) ?? '',
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': type }),
        },
        ...(body !== undefined && {
          body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        }),
      })
      const text = await response.text()
      const { status = 200 } = ROUTES[name] ?? {}
      expect([name, response.status, response.status === status ? '' : text]).toEqual([name, status, ''])
      const setCookie = response.headers.get('set-cookie')
      if (setCookie !== null) cookies.set(as, cookieOf(setCookie))
      asked.add(name)
      return JSON.parse(text) as never
    },
  }
}

describe('R9.1 every answer in JSON', () => {
  it('R9.1 is as /api/openapi.json describes it, of each route', async () => {
    const on = await stage()
    const walk = walkOf(on)
    await ofAccounts(on, walk)
    await ofSites(walk)
    await ofMails(walk)
    await ofMessages(on, walk)
    for (const name of ['GET /live', 'GET /ready', 'GET /api/openapi.json']) await walk.ask(name)
    await walk.ask('GET /api/status', { path: `/api/status?site=${OWN}` })
    await walk.ask('POST /api/query', { body: { site: OWN, metrics: ['visitors'] } })
    // At last: all that comes after would be nobody’s.
    await walk.ask('POST /api/sign-out', { body: {} })
    const withJson = Object.keys(ROUTES).filter((name) => ROUTES[name]?.answered && !ELSEWHERE.has(name))
    expect([...walk.asked].toSorted()).toEqual(withJson.toSorted())
  }, 120_000)
})

async function ofAccounts({ all }: Stage, { ask }: Walk): Promise<void> {
  const { id, link } = await ask<{ id: string; link: string }>('POST /api/users', {
    body: { email: 'new@example.org', role: 'analyst', sites: [OWN, OTHER], reason: REASON },
  })
  await ask('PATCH /api/users/:id', { path: `/api/users/${id}`, body: { role: 'auditor', reason: REASON } })
  const token = tokenOf(link)
  const { secret } = await ask<{ secret: string }>('POST /api/set-up/look', { body: { token } })
  await ask('POST /api/set-up/ask', { body: { token, email: '' } })
  // A code is good once.
  const code = (): string => {
    all.clock.pass(30_000)
    return codeOf(secret, all.clock.now())
  }
  const account = { email: 'new@example.org', password: PASSWORD }
  await ask('POST /api/set-up', { body: { token, ...account, code: code() }, as: 'first browser' })
  const as = 'second browser'
  await ask('POST /api/sign-in', { body: { ...account, code: code() }, as })
  await ask('POST /api/session/confirm', { body: { code: code() }, as })
  await ask('POST /api/account/recovery-codes', { body: { code: code() }, as })
  const { sessions } = await ask<{ sessions: { name: string; isThis: boolean }[] }>('GET /api/sessions', {
    as,
  })
  const other = sessions.find(({ isThis }) => !isThis)?.name ?? ''
  await ask('DELETE /api/sessions/:name', { path: `/api/sessions/${other}`, as })
  const password = 'another gate over calm water'
  await ask('POST /api/account/password', { body: { current: PASSWORD, password, code: code() }, as })
  await ask('DELETE /api/sessions', { as })
  const look = all.guests?.link().split('#look=')[1] ?? ''
  await ask('POST /api/look', { body: { token: look }, as: 'guest' })
  for (const name of ['GET /api/session', 'GET /api/account', 'GET /api/passkeys']) {
    await ask(name)
  }
  for (const name of ['POST /api/sign-in/ask', 'POST /api/session/ask', 'POST /api/passkeys/ask']) {
    await ask(name, { body: {}, as: name.includes('sign-in') ? 'nobody' : 'owner' })
  }
  await ask('POST /api/users/:id/link', { path: `/api/users/${id}/link`, body: { reason: REASON } })
  await ask('GET /api/users')
  await ask('DELETE /api/users/:id', { path: `/api/users/${id}`, body: { reason: REASON } })
  const made = await ask<{ id: string }>('POST /api/keys', {
    body: { site: OWN, scope: 'query', expires: '90d', reason: REASON },
  })
  await ask('GET /api/keys', { path: `/api/keys?site=${OWN}` })
  await ask('GET /api/access-review')
  await ask('DELETE /api/keys/:id', { path: `/api/keys/${made.id}`, body: { site: OWN, reason: REASON } })
  await ask('GET /api/audit')
  await ask('GET /api/audit/verify')
}

async function ofSites({ ask }: Walk): Promise<void> {
  const site = `/api/sites/${OWN}`
  await ask('GET /api/sites/:domain/settings', { path: `${site}/settings` })
  await ask('PATCH /api/sites/:domain/settings', {
    path: `${site}/settings`,
    body: { timezone: 'Asia/Kathmandu', reason: REASON },
  })
  await ask('POST /api/sites/:domain/goals', {
    path: `${site}/goals`,
    body: { name: 'Sign-up', event: 'Signup' },
  })
  await ask('GET /api/sites')
  await ask('DELETE /api/sites/:domain/goals/:name', { path: `${site}/goals/Sign-up` })
  const { id: note } = await ask<{ id: string }>('POST /api/sites/:domain/notes', {
    path: `${site}/notes`,
    body: { day: '2026-11-24', text: 'The new shop opened' },
  })
  await ask('GET /api/sites/:domain/notes', { path: `${site}/notes?from=2026-11-01&to=2026-11-30` })
  await ask('DELETE /api/sites/:domain/notes/:id', { path: `${site}/notes/${note}` })
  await ask('GET /api/sites/:domain/retention', { path: `${site}/retention` })

  await ask('GET /api/sites/:domain/policy', { path: `${site}/policy` })
  await ask('PUT /api/sites/:domain/policy', { path: `${site}/policy`, body: MANIFEST })
  await ask('POST /api/sites/:domain/policy/check', {
    path: `${site}/policy/check`,
    body: { ...MANIFEST, choiceDays: 90 },
  })
  await ask('GET /api/sites/:domain/policy/history', { path: `${site}/policy/history` })
  await ask('GET /api/sites/:domain/policy/states', { path: `${site}/policy/states` })
  await ask('GET /s/:site/notice.json', { path: `/s/${OWN}/notice.json?language=de` })
  await ask('GET /privacy/cookies.json', { path: `/privacy/cookies.json?site=${OWN}` })

  const { link, id } = await ask<{ link: string; id: string }>('POST /api/share-links', {
    body: {
      site: OWN,
      name: 'for the board',
      password: 'seven seas of calm',
      expires: '90d',
      reason: REASON,
    },
  })
  await ask('GET /api/share-links', { path: `/api/share-links?site=${OWN}` })
  const token = link.split('#')[1] ?? ''
  await ask('POST /api/share/open', { body: { id, token }, as: 'reader' })
  await ask('POST /api/share/open', { body: { id, token, password: 'seven seas of calm' }, as: 'reader' })
  await ask('DELETE /api/share-links/:id', { path: `/api/share-links/${id}`, body: { site: OWN } })

  const report = await ask<{ id: string }>('POST /api/reports', {
    body: { site: OWN, kind: 'weekly', recipients: ['ann@example.org'], reason: REASON },
  })
  const added = await ask<{ id: string }>('POST /api/reports/:id/recipients', {
    path: `/api/reports/${report.id}/recipients`,
    body: { site: OWN, email: 'bob@example.org', reason: REASON },
  })
  await ask('GET /api/reports', { path: `/api/reports?site=${OWN}` })
  await ask('DELETE /api/reports/:id/recipients/:recipient', {
    path: `/api/reports/${report.id}/recipients/${added.id}`,
    body: { site: OWN },
  })
  await ask('DELETE /api/reports/:id', { path: `/api/reports/${report.id}`, body: { site: OWN } })
}

async function ofMails({ ask }: Walk): Promise<void> {
  const email = 'ann@example.org'
  await ask('PUT /api/beacons', {
    body: { site: OWN, campaign: 'spring', mode: 'identified', links: [`https://${OWN}/spring`] },
  })
  const { ids } = await ask<{ ids: string[] }>('POST /api/email-consents', {
    body: {
      site: OWN,
      consents: [{ email, event: 'given', purposes: ['email_open'], copy: 'May we?', method: 'form' }],
    },
  })
  await ask('POST /api/beacons', {
    body: { site: OWN, campaign: 'spring', recipient: ids[0], links: [`https://${OWN}/spring`] },
  })
  await ask('POST /api/email-consents', {
    path: `/api/email-consents?site=${OWN}`,
    body: 'email,event,purposes,copy,method\nnobody,given,email_open,May we?,form\n',
    type: 'text/csv',
  })
  await ask('GET /api/email-consents', { path: `/api/email-consents?site=${OWN}` })
  await ask('POST /api/email-consents/find', { body: { site: OWN, email } })
  await ask('GET /api/beacons', { path: `/api/beacons?site=${OWN}` })
  await ask('DELETE /api/email-consents', { body: { site: OWN, email } })
  await ask('DELETE /api/beacons', { body: { site: OWN, campaign: 'spring' } })
}

async function ofMessages(on: Stage, { ask }: Pick<Walk, 'ask'>): Promise<void> {
  const { sms } = on
  const sender = await sms.senders.add(
    {
      number: SENDER,
      features: ['SmsSender'],
      campaign: 'Confirmed',
      useCases: ['Marketing'],
      confirmationBy: 'self',
      prices: { segment: 7_900, surcharge: 3_000 },
    },
    'terminal',
  )
  const { id: program } = await ask<{ id: string }>('POST /sms/programs', {
    body: { ...PROGRAM, sender: 'id' in sender ? sender.id : '', site: OWN },
  })
  await ask('GET /sms/programs', { path: `/sms/programs?site=${OWN}` })
  await ask('GET /sms/report', { path: `/sms/report?site=${OWN}&period=7d` })
  const { form, disclosure } = await ask<{ form: string; disclosure: { version: string } }>(
    'GET /sms/opt-in/:program',
    { path: `/sms/opt-in/${program}` },
  )
  await ask('POST /sms/opt-in', { body: { form, number: '(212) 555-0123', agree: true } })
  const list = new URLSearchParams({
    site: OWN,
    program: PROGRAM.name,
    provenance: 'own-form',
    source: 'https://own.example/join',
    disclosure_version: disclosure.version,
    locale: 'en',
    is_separate: 'yes',
  })
  await ask('POST /sms/import', {
    path: `/sms/import?${list.toString()}`,
    body: 'number,collected_at,colour\n+12125550124,2026-11-20T10:00:00-05:00,red\nnone,2026-11-20T10:00:00-05:00,\n',
    type: 'text/csv',
  })
  const message = { site: OWN, program, to: '+12125550123', text: 'Two lattes for one today.' }
  await ask('POST /sms/messages', { body: { ...message, idempotencyKey: 'first' } })
  await sms.worker.round()
  const { id } = await ask<{ id: string }>('POST /sms/messages', {
    body: { ...message, idempotencyKey: 'second' },
  })
  const { subject } = await ask<{ subject: string }>('GET /sms/messages/:id', {
    path: `/sms/messages/${id}?site=${OWN}`,
  })
  const person = `/sms/subjects/${subject}`
  await ask('GET /sms/subjects/:id', { path: `${person}?site=${OWN}` })
  await ask('POST /sms/media', {
    path: `/sms/media?site=${OWN}`,
    body: new Uint8Array(PNG.whole),
    type: 'image/png',
  })
  await ofDecisions(on, { ask }, { message, id })
  await ask('POST /sms/opt-out', {
    body: {
      site: OWN,
      from: '(212) 555-0123',
      by: 'letter',
      receivedAt: '2026-11-24T00:00:00Z',
      evidence: 'letter 2026/118',
    },
  })
  await ask('GET /sms/proof/:subject', { path: `/sms/proof/${subject}?reason=${REASON}` })
  for (const act of ['reveal', 'hold', 'release', 'erase']) {
    await ask(`POST /sms/subjects/:subject/${act}`, { path: `${person}/${act}`, body: { reason: REASON } })
  }
  await ask('GET /.well-known/sluice-sms.json')
}

/** What waits for a person. */
async function ofDecisions(
  { sms, all }: Stage,
  { ask }: Pick<Walk, 'ask'>,
  { message, id }: { message: { to: string }; id: string },
): Promise<void> {
  const decide = (name: string, of: string, body: object): Promise<unknown> =>
    ask(name, {
      path: name.split(' ')[1]?.replace(':id', of) ?? '',
      body: { site: OWN, reason: REASON, ...body },
    })

  for (const act of ['approve', 'refuse']) {
    const text = `S a l e today, ${act}: two lattes for one.`
    await ask('POST /sms/messages', { body: { ...message, text, idempotencyKey: act } })
    const { texts } = await ask<{ texts: { id: string }[] }>('GET /sms/held-texts', {
      path: `/sms/held-texts?site=${OWN}`,
    })
    const held = texts[0]?.id ?? ''
    await decide(`POST /sms/held-texts/:id/${act}`, held, act === 'approve' ? { hours: 1 } : {})
  }

  const at = all.clock.now()
  await sms.take([
    {
      what: 'inbound',
      uuid: 'u',
      id: 'i',
      from: numberOf(message.to),
      to: numberOf(SENDER),
      text: 'please cancel my order',
      at,
    },
  ])
  const { answers } = await ask<{ answers: { id: string }[] }>('GET /sms/unclear-answers', {
    path: `/sms/unclear-answers?site=${OWN}`,
  })
  await decide('POST /sms/unclear-answers/:id/settle', answers[0]?.id ?? '', { as: 'other' })

  // Given up, with nobody knowing whether it went out: outbox/review.test.ts has how that comes about.
  await all.store.db
    .updateTable('sms_message')
    .set({ status: 'dead', decision: because(at, 'given-up', 'not-found') })
    .where('id', '=', id)
    .execute()
  await ask('GET /sms/dead-letters', { path: `/sms/dead-letters?site=${OWN}` })
  await decide('POST /sms/dead-letters/:id/settle', id, { as: 'not-sent' })
  await decide('POST /sms/dead-letters/:id/replay', id, {})
}
