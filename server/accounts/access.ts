import type { IncomingMessage } from 'node:http'
import type { Filter } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { Actor } from '../audit/entry.ts'
import type { Clock } from '../clock.ts'
import { TooManyTries, UserError } from '../errors.ts'
import type { ShareLinks } from '../shares/links.ts'
import type { SiteRecord, Sites } from '../sites/registry.ts'
import { KEY_SCOPES } from '../store/tables.ts'
import type { Account, Accounts, By } from './accounts.ts'
import type { Alarm } from './alarm.ts'
import type { Guests } from './guests.ts'
import type { KeyRing, VerifiedKey } from './keys.ts'
import type { Rates } from './rates.ts'
import { OF_GUESTS, OF_SHARES, permissionsOf, roleMay, scopeFor, scopeMay, type Permission } from './roles.ts'
import type { Session, Sessions } from './sessions.ts'

/** Who sent a request. */
export type Principal =
  | { readonly kind: 'account'; readonly account: Account; readonly session: Session }
  | { readonly kind: 'key'; readonly key: VerifiedKey }
  /** Somebody who looks at the demo. */
  | { readonly kind: 'guest'; readonly siteId: number }
  /** Whoever holds a share link. */
  | {
      readonly kind: 'share'
      readonly linkId: string
      readonly siteId: number
      readonly filters: readonly Filter[]
    }

export type SignedIn = Extract<Principal, { kind: 'account' }>
export type Person = Exclude<Principal, { kind: 'key' }>

/**
 * The one place where it is decided who may do what. Every route of the API asks here, and nowhere else. What is allowed
 * is counted: `site` and `installation` throw TooManyTries, 429, within a burst.
 */
export interface Access {
  /**
   * The site, if whoever sent the request may do this to it. Throws UserError 401 where nobody is known, 403 where they
   * may not, 404 for a site that they do not know of, whether there is one or not.
   */
  site(request: IncomingMessage, permission: Permission, domain: string): Site
  /** Whoever sent the request, if they may do what concerns the whole installation. Throws UserError 401 or 403. */
  installation(request: IncomingMessage, permission: Permission): SignedIn
  /** The sites that whoever sent the request may see, by domain. Throws UserError 401. */
  sites(request: IncomingMessage): SiteRecord[]
  /** Conditions that every question of whoever sent the request has besides its own. */
  conditions(request: IncomingMessage): readonly Filter[]
  /** Who is signed in with an account. Throws UserError 401. */
  signedIn(request: IncomingMessage): SignedIn
  /** Who looks at pages: with an account, at the demo or by a share link. Throws UserError 401 for a key too. */
  person(request: IncomingMessage): Person
  /** Whoever sent the request, a key or a guest too; undefined for nobody. */
  principal(request: IncomingMessage): Principal | undefined
  /** What somebody may do somewhere: for pages that leave out what is not for them. It decides nothing. */
  permissions(who: Person): Permission[]
  /** When the second factor that somebody has shown is no longer fresh, Unix milliseconds. */
  freshUntil(who: SignedIn): number
  /** Whom the audit log calls the one who sent it. */
  actorOf(request: IncomingMessage): Actor
  /** Throws UserError 403 unless the second factor was shown within ten minutes. */
  fresh(who: SignedIn): void
  /**
   * For what could do harm: throws UserError 403 unless the second factor was shown within ten minutes, 400 without a
   * reason. Answers what the audit log is told.
   */
  deliberate(who: SignedIn, reason: string | undefined): By & { readonly reason: string }
}

/** How long a second factor counts as fresh. */
const FRESH_MS = 10 * 60_000
const MAX_REASON = 300

export function createAccess(parts: {
  keys: Pick<KeyRing, 'verify'>
  sessions: Pick<Sessions, 'verify'>
  accounts: Pick<Accounts, 'find'>
  sites: Pick<Sites, 'find' | 'list'>
  guests?: Pick<Guests, 'siteOf'> | undefined
  shares: Pick<ShareLinks, 'verify'>
  rates: Rates
  alarm: Pick<Alarm, 'raise'>
  /** Counts a key that is none by the network that sent it. 0: go on; else the seconds after which to try again. */
  keyWait(request: IncomingMessage): number
  clock: Pick<Clock, 'now'>
}): Access {
  const { keys, sessions, accounts, sites, guests, shares, rates, alarm, clock } = parts

  const principal = ({ headers }: IncomingMessage): Principal | undefined => {
    if (headers.authorization !== undefined) {
      for (const scope of KEY_SCOPES) {
        const key = keys.verify(headers.authorization, scope)
        if (key) return { kind: 'key', key }
      }
      const shared = shares.verify(headers.authorization)
      return shared && { kind: 'share', ...shared }
    }
    const siteId = guests?.siteOf(headers.cookie)
    if (siteId !== undefined) return { kind: 'guest', siteId }
    const session = sessions.verify(headers.cookie)
    const account = session && accounts.find(session.accountId)
    return session && account && { kind: 'account', account, session }
  }

  const known = (request: IncomingMessage, permission: Permission): Principal => {
    const who = principal(request)
    if (who) return who
    const scope = scopeFor(permission)
    if (request.headers.authorization !== undefined) {
      // A good key of the same network was let in above: keys are beyond guessing, and its owner is not the guesser.
      const wait = parts.keyWait(request)
      if (wait > 0) {
        alarm.raise({ kind: 'key', actor: 'nobody' })
        throw new TooManyTries(wait)
      }
      throw new UserError('This key or link is unknown, revoked or expired.', 401)
    }
    throw new UserError(
      scope === undefined
        ? 'Sign in first.'
        : `Sign in, or send a key with the scope ${scope} as a bearer token.`,
      401,
    )
  }

  const signedIn = (request: IncomingMessage): SignedIn => {
    const who = principal(request)
    if (who?.kind !== 'account') throw new UserError('Sign in first.', 401)
    return who
  }

  const person = (request: IncomingMessage): Person => {
    const who = principal(request)
    if (!who || who.kind === 'key') throw new UserError('Sign in first.', 401)
    return who
  }

  const fresh = ({ session }: SignedIn): void => {
    if (clock.now() - session.secondFactorAt < FRESH_MS) return
    throw new UserError('Show the second factor again: it has to be fresher than ten minutes for this.', 403)
  }

  return {
    principal,
    actorOf: (request) => actorOf(principal(request)),
    permissions: (who) => {
      if (who.kind === 'share') return [...OF_SHARES]
      if (who.kind === 'guest') return [...OF_GUESTS]
      return permissionsOf(who.account.role, who.account.sites === 'all')
    },
    freshUntil: ({ session }) => session.secondFactorAt + FRESH_MS,
    signedIn,
    person,
    site: (request, permission, domain) => {
      const who = known(request, permission)
      const site = sites.find(domain)
      if (who.kind === 'key') {
        if (!scopeMay(who.key.scope, permission)) {
          throw new UserError(`This key has the scope ${who.key.scope}, which does not allow this.`, 403)
        }
        if (site?.id !== who.key.siteId) throw new UserError('This key is for another site.', 403)
        rates.count(actorOf(who), permission)
        return site
      }
      if (!mayAtAll(who, permission)) throw new UserError(notAllowed(who), 403)
      if (!site || !isGranted(who, site)) {
        throw new UserError('There is no such site here, or you may not see it.', 404)
      }
      rates.count(actorOf(who), permission)
      return site
    },
    installation: (request, permission) => {
      const who = known(request, permission)
      if (who.kind !== 'account' || !roleMay(who.account.role, permission) || who.account.sites !== 'all') {
        throw new UserError(
          'This concerns all sites: it needs an account of theirs whose role allows it.',
          403,
        )
      }
      rates.count(actorOf(who), permission)
      return who
    },
    sites: (request) => {
      const who = person(request)
      return sites.list().filter((site) => isGranted(who, site))
    },
    conditions: (request) => {
      const who = principal(request)
      return who?.kind === 'share' ? who.filters : []
    },
    fresh,
    deliberate: (who, reason) => {
      fresh(who)
      return { actor: `account:${who.account.id}`, reason: checkReason(reason) }
    },
  }
}

/**
 * Why somebody does it, for the audit log, which nobody can change: so it must not hold what would have to be erased.
 * Throws UserError for none, or for one with an address or a number in it.
 */
export function checkReason(text: string | undefined): string {
  const reason = (text ?? '').trim()
  if (reason.length < 3 || reason.length > MAX_REASON) {
    throw new UserError(
      `Say why in \`reason\`, in 3 to ${MAX_REASON} characters: it is kept in the audit log.`,
    )
  }
  if (reason.includes('@') || /\d[\d\s().-]{5,}\d/.test(reason)) {
    throw new UserError(
      'Leave e-mail addresses and long numbers out of the reason: the audit log keeps it for ever.',
    )
  }
  return reason
}

/** A guest is nobody to the log, and all guests of a demo are counted as one. */
function actorOf(who: Principal | undefined): Actor {
  if (who?.kind === 'account') return `account:${who.account.id}`
  if (who?.kind === 'share') return `share:${who.linkId}`
  return who?.kind === 'key' ? `key:${who.key.id}` : 'nobody'
}

function notAllowed(who: Principal): string {
  return who.kind === 'share'
    ? 'A share link shows the numbers of a site, and nothing else.'
    : 'Your role does not allow this.'
}

function mayAtAll(who: Person, permission: Permission): boolean {
  if (who.kind === 'share') return OF_SHARES.includes(permission)
  if (who.kind === 'guest') return OF_GUESTS.includes(permission)
  return roleMay(who.account.role, permission)
}

function isGranted(who: Person, site: Pick<Site, 'id'>): boolean {
  if (who.kind === 'guest' || who.kind === 'share') return who.siteId === site.id
  return who.account.sites === 'all' || who.account.sites.has(site.id)
}
