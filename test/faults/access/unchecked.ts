import type { IncomingMessage } from 'node:http'
import { checkReason, type Access, type SignedIn } from '../../../server/accounts/access.ts'
import type { Clock } from '../../../server/clock.ts'
import { UserError } from '../../../server/errors.ts'
import type { Sites } from '../../../server/sites/registry.ts'

/**
 * What `npm run faults:access` puts around every check of the product, so that each can be taken out while the tests run,
 * and put back.
 */

/** Which check is out, by its number; and those that were come by since `reached` was emptied. */
export interface Sweep {
  out: number
  readonly reached: Set<number>
  /** Access asks nobody. */
  isOff: boolean
}

declare global {
  // Files of the product and of the tests may be loaded more than once.
  var accessSweep: Sweep | undefined
}
export const sweep: Sweep = (globalThis.accessSweep ??= { out: 0, reached: new Set(), isOff: false })

/** Whether a check is out. */
export function out(check: number): boolean {
  sweep.reached.add(check)
  return sweep.out === check
}

/** A question to Access, which asks for nothing while the check is out: the route goes on with what it needs. */
export function unchecked<F extends ((...given: never[]) => unknown) | undefined>(check: number, ask: F): F {
  if (!ask) return ask
  const asked = (...given: never[]): unknown => {
    if (!out(check)) return ask(...given)
    sweep.isOff = true
    try {
      return ask(...given)
    } finally {
      sweep.isOff = false
    }
  }
  return asked as F
}

/** A query without one of its conditions, while that is out. */
export function narrowed<Q>(check: number, query: Q, more: (query: Q) => Q): Q {
  return out(check) ? query : more(query)
}

/** A list of permissions, with one more while the check that it is not there is out. */
export function granted(
  list: readonly string[],
  others: Readonly<Record<string, number>>,
): readonly string[] {
  const includes = (permission: string): boolean => list.includes(permission) || out(others[permission] ?? -1)
  // Not enumerable: it is compared as the list that it is.
  return Object.defineProperty([...list], 'includes', { value: includes })
}

/** The Access of the product, which `unchecked` can keep from asking. */
export function loosened(
  access: Access,
  { sites, clock }: { sites: Pick<Sites, 'find' | 'list'>; clock: Pick<Clock, 'now'> },
): Access {
  const somebody = (request: IncomingMessage): SignedIn => {
    const who = access.principal(request)
    if (who?.kind === 'account') return who
    const now = clock.now()
    const times = { createdAt: now, lastSeenAt: now, secondFactorAt: now, endsAt: now + 1 }
    return {
      kind: 'account',
      account: { id: 'nobody', role: 'owner', sites: 'all' },
      session: { name: 'none', accountId: 'nobody', ...times },
    }
  }
  const anySite: Access['site'] = (_request, _permission, domain) => {
    const site = sites.find(domain)
    if (!site) throw new UserError('There is no such site.', 404)
    return site
  }
  const either = <F extends (...given: never[]) => unknown>(strict: F, loose: F): F =>
    ((...given: never[]) => (sweep.isOff ? loose(...given) : strict(...given))) as F

  return {
    ...access,
    site: either(access.site, anySite),
    sites: either(access.sites, () => sites.list()),
    installation: either(access.installation, somebody),
    signedIn: either(access.signedIn, somebody),
    person: either(access.person, somebody),
    conditions: either(access.conditions, () => []),
    fresh: either(access.fresh, () => undefined),
    deliberate: either(access.deliberate, (who, reason) => ({
      actor: `account:${who.account.id}`,
      reason: checkReason(reason),
    })),
  }
}
