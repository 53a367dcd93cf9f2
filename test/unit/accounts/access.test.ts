import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Filter } from '../../../schema/query.ts'
import type { UserError } from '../../../server/errors.ts'
import { PERMISSIONS } from '../../../server/accounts/roles.ts'
import { ROLES } from '../../../server/store/tables.ts'
import { MAY, OTHER, OWN } from './route-table.ts'
import { holderOf, stage } from './stage.ts'

const FILTERS: Filter[] = [{ dimension: 'country', is: ['DE'] }]
const SITES = [OWN, OTHER, 'localhost', 'no-such.example']
const OF_ALL_SITES = ['accounts.read', 'accounts.write', 'audit.read', 'sms.proof', 'sms.reveal', 'sms.erase']

async function asked() {
  const { all, url, headers } = await stage()
  const requests = Object.entries(headers).map(([who, header]) => {
    return [who, { headers: header } as unknown as IncomingMessage] as const
  })
  return { all, url, requests }
}

/** 200, or what it is refused with. */
function statusOf(ask: () => unknown): number {
  try {
    ask()
    return 200
  } catch (error) {
    return (error as UserError).status
  }
}

function isNobody(who: string): boolean {
  return /^(stranger$|a )|^an /.test(who)
}

/** Of a question about a site. */
function expected(who: string, permission: string, site: string): number {
  if (isNobody(who)) return 401
  const isKey = who.startsWith('key:')
  if (MAY[permission]?.includes(who) !== true) return 403
  const isTheirs =
    who === 'guest'
      ? site === 'localhost'
      : site === OWN || ((ROLES as readonly string[]).includes(who) && site !== 'no-such.example')
  if (isTheirs) return 200
  return isKey ? 403 : 404
}

describe('R2.1 R4.4 Access, asked about everybody', () => {
  it('R4.4 opens a site to those who may do this there, and tells nobody else whether there is one', async () => {
    const { all, requests } = await asked()
    for (const permission of PERMISSIONS) {
      if (permission === 'sites.read' || OF_ALL_SITES.includes(permission)) continue
      // Bursts are counted by the minute.
      all.clock.pass(60_000)
      for (const [who, request] of requests) {
        const told = SITES.map((site) => statusOf(() => all.access.site(request, permission, site)))
        const right = SITES.map((site) => expected(who, permission, site))
        expect([permission, who, ...told]).toEqual([permission, who, ...right])
      }
    }
  })

  it('R4.4 opens what concerns all sites to accounts of all sites whose role allows it', async () => {
    const { all, requests } = await asked()
    for (const permission of PERMISSIONS.filter((one) => OF_ALL_SITES.includes(one))) {
      all.clock.pass(60_000)
      for (const [who, request] of requests) {
        const right = isNobody(who) ? 401 : MAY[permission]?.includes(who) === true ? 200 : 403
        const told = statusOf(() => all.access.installation(request, permission))
        expect([permission, who, told]).toEqual([permission, who, right])
      }
    }
  })

  it('R4.4 tells who is signed in, which sites are theirs, and what every question of theirs is narrowed to', async () => {
    const { all, requests } = await asked()
    const part = ['a part', { headers: await holderOf(all, FILTERS) } as unknown as IncomingMessage] as const
    for (const [who, request] of [part, ...requests.toReversed()]) {
      const isAccount = MAY['account']?.includes(who) === true
      expect([who, statusOf(() => all.access.signedIn(request))]).toEqual([who, isAccount ? 200 : 401])
      expect([who, all.access.conditions(request)]).toEqual([who, who === 'a part' ? FILTERS : []])
      const isKnown = MAY['person']?.includes(who) === true || who === 'a part'
      expect([who, statusOf(() => all.access.person(request))]).toEqual([who, isKnown ? 200 : 401])
      expect([who, statusOf(() => all.access.sites(request))]).toEqual([who, isKnown ? 200 : 401])
      if (!isKnown) continue
      const seen = all.access.sites(request).map(({ domain }) => domain)
      const own = who === 'guest' ? ['localhost'] : [OWN]
      const right = (ROLES as readonly string[]).includes(who) ? [OWN, OTHER, 'localhost'] : own
      expect([who, new Set(seen)]).toEqual([who, new Set(right)])
    }
  })

  it('R4.4 tells the page of a share link which part of the site it is of', async () => {
    const { all, url } = await asked()
    const answer = await fetch(`${url}/api/session`, { headers: await holderOf(all, FILTERS) })
    expect(await answer.json()).toMatchObject({ role: 'share', filters: FILTERS })
  })

  it('R4.4 takes a second factor for fresh for ten minutes', async () => {
    const { all, requests } = await asked()
    const who = all.access.signedIn(new Map(requests).get('one:owner') as IncomingMessage)
    const ask = (): number[] => [
      statusOf(() => all.access.fresh(who)),
      statusOf(() => all.access.deliberate(who, 'somebody asked for it')),
    ]
    all.clock.pass(who.session.secondFactorAt + 10 * 60_000 - 1 - all.clock.now())
    expect(ask()).toEqual([200, 200])
    all.clock.pass(1)
    expect(ask()).toEqual([403, 403])
  })
})
