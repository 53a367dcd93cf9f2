import type { Express } from 'express'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bodyOfRoute } from '../../../server/openapi/routes.ts'
import { ROLES } from '../../../server/store/tables.ts'
import { MAY, OTHER, OWN, TABLE } from './route-table.ts'
import { stage } from './stage.ts'

/**
 * Every route of the application against everybody who could ask, on a site of theirs and on another. The routes are
 * read from the router itself: one that is added without a line in route-table.ts fails here, and so does a check that
 * is taken out.
 */

/** What every visitor of a site may read; the tests are in consent/policy/ and sms/pages/. */
const PUBLIC_PAGES = /^\/(privacy|s)\/|^\/sms\/(opt-in|preferences|pages\.css|verify-sms-proof\.mjs)/

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> }
  handle?: { stack?: Layer[] }
  slash?: boolean
}

/** What the application answers, as `GET /path`. */
function routesOf(app: Express): string[] {
  const walk = (stack: Layer[]): string[] =>
    stack.flatMap(({ route, handle, slash }) => {
      if (route) {
        const methods = Object.keys(route.methods).filter((method) => route.methods[method])
        return [route.path]
          .flat()
          .flatMap((path) => methods.map((method) => `${method.toUpperCase()} ${path}`))
      }
      if (!handle?.stack) return []
      // A router below a path would have to be read with it.
      expect(slash, 'routers are mounted at the root').toBe(true)
      return walk(handle.stack)
    })
  return walk((app as unknown as { router: { stack: Layer[] } }).router.stack)
}

type Asking = [url: string, name: string, site: string, headers: Record<string, string>]

async function answerTo(...[url, name, site, headers]: Asking): Promise<{ status: number; text: string }> {
  const { path, body } = TABLE[name] ?? { needs: 'open' }
  const [method = '', pattern = ''] = name.split(' ')
  const address = (path ?? pattern).replaceAll('{site}', site)
  const response = await fetch(encodeURI(`${url}${address}`), {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body).replaceAll('{site}', site) }),
  })
  return { status: response.status, text: await response.text() }
}

async function ask(...asking: Asking): Promise<number> {
  return (await answerTo(...asking)).status
}

function mayAsk(name: string, who: string): boolean {
  const { needs } = TABLE[name] ?? { needs: 'open' }
  return needs === 'open' || (MAY[needs]?.includes(who) ?? false)
}

/** What the table expects. */
function expected(name: string, who: string, site: string): number[] {
  const { needs, bySite, answers = 200 } = TABLE[name] ?? { needs: 'open' }
  if (needs === 'open') return [answers]
  const may = mayAsk(name, who)
  const refused = /^(stranger$|a )|^an /.test(who) ? 401 : 403
  if (!bySite) {
    // Keys and guests are nobody where an account is asked for.
    if (!may) return ['account', 'person'].includes(needs) ? [401] : [refused]
    return [answers]
  }
  if (!may) return [refused]
  const isTheirs =
    who === 'guest' ? site === 'localhost' : site === OWN || (ROLES as readonly string[]).includes(who)
  if (!isTheirs) return [who.startsWith('key:') ? 403 : 404]
  return [answers]
}

/** As Access says it, to nobody and to whoever it has no account of: nothing was looked at. */
const UNKNOWN = /^\{"error":"(Sign in|This key or link is unknown)/

/** `npm run faults:access` asks for the one route that it took a check out of, where there is one. */
function swept(names: string[]): string[] {
  const { FAULTS_ROUTE: only = '' } = process.env
  return names.includes(only) ? [only] : names
}

/** Tried before the application, by ingest.ts, logs/route.ts, beacons/open.ts, consent/route.ts and sms/hook.ts. */
const BEFORE_IT = [
  'POST /e',
  'POST /events',
  'POST /logs',
  'GET /o/:token.gif',
  'GET /b/:site/:name.gif',
  'GET /s/:site.json',
  'POST /c',
  'POST /sms/webhooks/ringcentral/:secret',
  'GET /c/:receipt',
  'DELETE /c/:receipt',
  'GET /c/notice/:hash',
  'GET /.well-known/gpc.json',
  'GET /.well-known/sluice-consent.json',
]
/** For people, not for programs. */
const PAGES = [
  'GET /',
  'GET /privacy/pages.css',
  'GET /privacy/cookies',
  'GET /privacy/choices',
  'POST /privacy/choices',
  'GET /reports/:token',
  'GET /reports/:token/stop',
  'POST /reports/:token/:act',
  'GET /u/:token',
  'GET /sms/pages.css',
  'GET /sms/preferences/:token',
  'POST /sms/preferences/:token',
  'GET /sms/verify-sms-proof.mjs',
]

describe('R9.1 /api/openapi.json', () => {
  it('R9.1 describes every route but pages, and nothing else', async () => {
    const { app, url } = await stage()
    const answer = await fetch(`${url}/api/openapi.json`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ])
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> }
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const there = [...routesOf(app), ...BEFORE_IT].filter(
      (route) => !route.startsWith('_ALL ') && !PAGES.includes(route),
    )
    const addresses = there.map((route) => route.replaceAll(/:(\w+)/g, '{$1}'))
    expect(described.toSorted()).toEqual(addresses.toSorted())
  })

  it('R9.1 says of each body what its route reads', () => {
    const withBody = Object.entries(TABLE).filter(([, { body }]) => body && Object.keys(body).length > 0)
    expect(withBody.length).toBeGreaterThan(10)
    for (const [name, { body = {} }] of withBody) {
      if (name === 'POST /api/query') continue
      const { properties } = z.toJSONSchema(bodyOfRoute(name) ?? z.never(), { io: 'input' })
      expect({ name, fields: Object.keys(properties ?? {}) }).toEqual({
        name,
        fields: expect.arrayContaining(Object.keys(body)) as string[],
      })
    }
  })
})

describe('R2.1 R4.4 every route, asked by everybody', () => {
  let names: string[]
  beforeAll(() => {
    names = Object.keys(TABLE)
  })

  it('is in the table, and answers each as it says, on their own site and on another', async () => {
    const { app, url, headers } = await stage()
    const routes = routesOf(app).filter((route) => !PUBLIC_PAGES.test(route.split(' ')[1] ?? ''))
    // Addresses that refuse other methods answer 405 after asking nobody; they do nothing.
    const acting = routes.filter((route) => !route.startsWith('_ALL '))
    expect(acting.toSorted()).toEqual(names.toSorted())
    const { FAULTS_ROUTE: only } = process.env
    const wrong: string[] = []
    let asked = 0
    for (const name of swept(names)) {
      if (only !== undefined && wrong.length > 0) break
      // Signing out would end the session that the lines after it need.
      if (name === 'POST /api/sign-out') continue
      const { bySite } = TABLE[name] ?? {}
      for (const [who, header] of Object.entries(headers)) {
        for (const site of bySite ? [OWN, OTHER, 'localhost', 'no-such.example'] : [OWN]) {
          if (site === 'no-such.example' && expected(name, who, OTHER)[0] === TABLE[name]?.answers) continue
          const { status, text } = await answerTo(url, name, site, header)
          asked++
          const right = site === 'no-such.example' ? unknownSite(name, who) : expected(name, who, site)
          const isRefused = !mayAsk(name, who)
          const isSlowed = TABLE[name]?.slows === true && status === 429 && !isRefused
          if (!right.includes(status) && !isSlowed) {
            wrong.push(`${name} by ${who} of ${site}: ${status}, not ${right.join(' or ')}`)
          } else if (isRefused && status === 401 && !UNKNOWN.test(text)) {
            wrong.push(`${name} by ${who}: ${text}, not who they are`)
          }
        }
      }
    }
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(only === undefined ? 1_000 : 0)
  }, 240_000)

  /** A site that does not exist is answered like one that they may not see. */
  function unknownSite(name: string, who: string): number[] {
    const [status = 0] = expected(name, who, OTHER)
    return (ROLES as readonly string[]).includes(who) && ![401, 403].includes(status) ? [404] : [status]
  }

  it('that could do harm asks for a second factor fresher than ten minutes, and a reason', async () => {
    const { all, url, headers } = await stage()
    const harmful = names.filter((name) => TABLE[name]?.body && 'reason' in (TABLE[name].body ?? {}))
    expect(harmful).toHaveLength(19)
    const owner = headers['owner'] ?? {}
    for (const name of swept(harmful)) {
      const { path, body } = TABLE[name] ?? { needs: '' }
      const [method = '', pattern = ''] = name.split(' ')
      const send = (reason: unknown): Promise<Response> =>
        fetch(`${url}${path ?? pattern}`, {
          method,
          headers: { ...owner, 'content-type': 'application/json' },
          body: JSON.stringify({ ...body, reason }).replaceAll('{site}', OWN),
        })
      for (const reason of [undefined, '', 'no', 'because ann@example.org asked', 'call +49 30 901820']) {
        const refused = await send(reason)
        expect([name, reason, refused.status]).toEqual([name, reason, 400])
        expect(await refused.text()).toMatch(/reason/)
      }
    }
    all.clock.pass(10 * 60_000)
    for (const name of swept(harmful)) expect([name, await ask(url, name, OWN, owner)]).toEqual([name, 403])
    expect(await ask(url, 'GET /sms/proof/:subject', OWN, owner), 'it shows no number').toBe(404)
    for (const name of ['POST /api/passkeys/ask', 'POST /api/passkeys', 'DELETE /api/passkeys/:id']) {
      expect([name, await ask(url, name, OWN, owner)], 'R4.3 a passkey is a way in').toEqual([name, 403])
    }
    expect(await ask(url, 'GET /api/users', OWN, owner)).toBe(200)
  })

  it('R4.9 that takes a password, a code or a token counts the tries of one network before it looks at anything', async () => {
    const { url, headers } = await stage({ networkWait: () => 30 })
    const counted: string[] = []
    // Signing out would end the session that the lines after it need.
    for (const name of swept(names).filter((one) => one !== 'POST /api/sign-out')) {
      if ((await ask(url, name, OWN, headers['owner'] ?? {})) === 429) counted.push(name)
    }
    expect(counted).toEqual(swept(names).filter((name) => TABLE[name]?.counts === true))
  })

  it('tells metrics to who asks from elsewhere with a key of the scope admin, and to nobody else', async () => {
    const { url, headers } = await stage()
    for (const [who, header] of Object.entries(headers)) {
      const status = await ask(url, 'GET /metrics', OWN, { ...header, 'x-forwarded-for': '192.0.2.1' })
      expect([who, status]).toEqual([who, who === 'key:admin' ? 200 : 401])
    }
  })

  it('refuses what another site’s page sends in somebody’s name', async () => {
    const { url, headers } = await stage()
    const isForPeople = (name: string): boolean =>
      name.includes(' /api/') || (name.includes(' /sms/') && TABLE[name]?.needs !== 'open')
    for (const name of swept(names).filter(isForPeople)) {
      for (const foreign of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
      ]) {
        const status = await ask(url, name, OWN, { ...headers['owner'], ...foreign })
        expect([name, foreign, status]).toEqual([name, foreign, 403])
      }
    }
  })
})
