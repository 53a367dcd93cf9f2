import { randomBytes } from 'node:crypto'
import type { Goal, Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import type { Trait } from '../../schema/targeting.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import type { SiteTable } from '../store/tables.ts'
import { canonicalDomain, normalizeDomain } from './domain.ts'
import { checkSettings, DEFAULT_SETTINGS, type SiteSettings } from './settings.ts'
import { siteDay } from './site-day.ts'

/** A site with what only its owner is told. */
export interface SiteRecord extends Site {
  /** Unix milliseconds. */
  addedAt: number
  /** A changed time zone and the instant, Unix milliseconds, from which it holds. Absent once it does. */
  nextTimezone?: { timezone: string; fromMs: number }
}

/**
 * The sites of this installation. Domains are taken as people write them. What another process adds is known to the
 * next question, what it changes or removes within 50 ms.
 */
export interface Sites {
  /** The site of a domain, or undefined. Never throws, whatever the text; asked by every request. */
  find(domain: string): Site | undefined
  byId(id: number): Site | undefined
  /** All sites by domain. */
  list(): SiteRecord[]
  /** Throws UserError when there is no such site. */
  get(domain: string): SiteRecord
  /** Throws UserError when the domain is registered, is none, or a setting is out of its range. */
  add(site: { domain: string } & Partial<SiteSettings>): Promise<SiteRecord>
  /** Changes what is given. A time zone waits for the end of the site's current day: no day has two. */
  set(domain: string, changes: Partial<SiteSettings>, by?: By): Promise<SiteRecord>
  /** The same with changes that hang on what the site is; nobody else changes it in between. */
  change(domain: string, change: (site: SiteRecord) => Partial<SiteSettings>, by?: By): Promise<SiteRecord>
  /** Removes the site and what was dropped of it, revokes its keys and share links. Its id is never used again. */
  remove(domain: string): Promise<SiteRecord>
}

/** A row kept in memory; replaced in place when its waiting time zone comes into force. */
interface Entry {
  site: SiteRecord
}

const REGISTERED = 'WHERE removed_at IS NULL'

/** Who has a shell on the server. */
const TERMINAL: By = { actor: 'terminal' }

/** Each change is recorded in the log, where there is one; by whoever has a shell unless somebody else is named. */
export function createSites(parts: { store: Store; clock: Clock; audit?: Pick<AuditLog, 'append'> }): Sites {
  const { store, clock, audit } = parts
  const rowByDomain = store.prepareRow('site', `${REGISTERED} AND domain = ?`)
  const rowById = store.prepareRow('site', `${REGISTERED} AND id = ?`)
  const byDomain = createMirror({ store, clock, load: (domain: string) => entryOf(rowByDomain(domain)) })
  const byId = createMirror({ store, clock, load: (id: number) => entryOf(rowById(id)) })

  const current = (entry: Entry | undefined): SiteRecord | undefined => {
    if (entry?.site.nextTimezone) entry.site = inForce(entry.site, clock.now())
    return entry?.site
  }
  const forget = (): void => {
    byDomain.forget()
    byId.forget()
  }
  const get = (domain: string): SiteRecord => {
    const row = rowByDomain(normalizeDomain(domain))
    if (!row) throw notRegistered(domain)
    return inForce(recordOf(row), clock.now())
  }

  const change: Sites['change'] = async (domain, changesOf, by = TERMINAL) => {
    const name = normalizeDomain(domain)
    await store.transaction(async (transaction) => {
      const row = await transaction
        .selectFrom('site')
        .selectAll()
        .where('domain', '=', name)
        .where('removed_at', 'is', null)
        .executeTakeFirst()
      if (!row) throw notRegistered(domain)
      const site = inForce(recordOf(row), clock.now())
      const checked = checkSettings(changesOf(site))
      await transaction
        .updateTable('site')
        .set(columnsOf(changed(site, checked, clock.now())))
        .where('id', '=', row.id)
        .execute()
      await audit?.append(transaction, {
        ...by,
        action: 'site.changed',
        site: name,
        detail: { settings: Object.keys(checked) },
      })
    })
    forget()
    return get(name)
  }

  return {
    find: (domain) => {
      const name = canonicalForm(domain)
      return name === undefined ? undefined : current(byDomain.get(name))
    },
    byId: (id) => current(byId.get(id)),
    list: () =>
      store
        .readRows('site', `${REGISTERED} ORDER BY domain`)
        .map((row) => inForce(recordOf(row), clock.now())),
    get,
    add: async ({ domain, ...settings }) => {
      const row = newRow(normalizeDomain(domain), { ...DEFAULT_SETTINGS, ...checkSettings(settings) }, clock)
      const added = await store.transaction(async (transaction) => {
        const inserted = await transaction
          .insertInto('site')
          .values(row)
          .onConflict((conflict) => conflict.column('domain').where('removed_at', 'is', null).doNothing())
          .returning('id')
          .executeTakeFirst()
        if (inserted) {
          await audit?.append(transaction, { actor: 'terminal', action: 'site.added', site: row.domain })
        }
        return inserted
      })
      if (!added) {
        throw new UserError(
          `${row.domain} is registered already: change it with \`sluice site set ${row.domain}\`.`,
          409,
        )
      }
      forget()
      return recordOf(row)
    },
    set: (domain, changes, by) => {
      const checked = checkSettings(changes)
      return change(domain, () => checked, by)
    },
    change,
    remove: async (domain) => {
      const site = get(domain)
      const now = clock.now()
      await store.transaction(async (transaction) => {
        await transaction
          .updateTable('site')
          .set({ removed_at: now })
          .where('id', '=', site.id)
          .where('removed_at', 'is', null)
          .execute()
        await transaction
          .updateTable('api_key')
          .set({ revoked_at: now })
          .where('site_id', '=', site.id)
          .where('revoked_at', 'is', null)
          .execute()
        await transaction
          .updateTable('share_link')
          .set({ revoked_at: now })
          .where('site_id', '=', site.id)
          .where('revoked_at', 'is', null)
          .execute()
        await transaction.deleteFrom('note').where('site_id', '=', site.id).execute()
        await transaction.deleteFrom('drop_count').where('site_id', '=', site.id).execute()
        await audit?.append(transaction, { actor: 'terminal', action: 'site.removed', site: site.domain })
      })
      forget()
      return site
    },
  }
}

/** Almost every request names its site in the kept form already. */
const PLAIN = /^[a-z0-9.-]{1,253}$/

function canonicalForm(domain: string): string | undefined {
  return PLAIN.test(domain) ? domain : canonicalDomain(domain)
}

function notRegistered(domain: string): UserError {
  return new UserError(
    `${JSON.stringify(domain.slice(0, 80))} is not registered: \`sluice site list\` shows what is, \`sluice site add\` adds one.`,
    404,
  )
}

function entryOf(row: SiteTable | undefined): Entry | undefined {
  return row && { site: recordOf(row) }
}

/** The site as it is at an instant: with its waiting time zone once that has come into force. */
function inForce(site: SiteRecord, now: number): SiteRecord {
  if (!site.nextTimezone || now < site.nextTimezone.fromMs) return site
  const { nextTimezone, ...rest } = site
  return { ...rest, timezone: nextTimezone.timezone }
}

function changed(site: SiteRecord, changes: Partial<SiteSettings>, now: number): SiteRecord {
  const { timezone, ...others } = changes
  const next = { ...site, ...others }
  if (timezone === undefined) return next
  const { nextTimezone: _, ...kept } = next
  if (timezone === site.timezone) return kept
  return { ...kept, nextTimezone: { timezone, fromMs: siteDay(site.timezone, now).endMs } }
}

function newRow(domain: string, settings: SiteSettings, clock: Clock): SiteTable {
  const site = { id: randomId(), domain, ...settings, addedAt: clock.now() }
  return { id: site.id, domain, added_at: site.addedAt, removed_at: null, ...columnsOf(site) }
}

/** 52 random bits: exact in a double and in a BIGINT. Zero stands for no site. */
export function randomId(): number {
  const id = Number(randomBytes(8).readBigUInt64BE() >> 12n)
  return id === 0 ? randomId() : id
}

type SettingColumns = Omit<SiteTable, 'id' | 'domain' | 'added_at' | 'removed_at'>

function columnsOf(site: SiteRecord): SettingColumns {
  return {
    timezone: site.timezone,
    next_timezone: site.nextTimezone?.timezone ?? null,
    next_timezone_from: site.nextTimezone?.fromMs ?? null,
    pre_consent: site.preConsent,
    subdomains: site.subdomains ? 1 : 0,
    event_window_days: site.eventWindowDays,
    minimum_group: site.minimumGroup,
    minimum_group_scope: site.minimumGroupScope,
    properties: site.properties.join(' '),
    traits: site.traits.join(' '),
    goals: JSON.stringify(site.goals),
  }
}

function recordOf(row: SiteTable): SiteRecord {
  return {
    id: row.id,
    domain: row.domain,
    timezone: row.timezone,
    preConsent: row.pre_consent,
    subdomains: row.subdomains === 1,
    eventWindowDays: row.event_window_days,
    minimumGroup: row.minimum_group,
    minimumGroupScope: row.minimum_group_scope,
    properties: wordsIn(row.properties),
    // Written above, of what was checked.
    traits: wordsIn(row.traits) as Trait[],
    goals: JSON.parse(row.goals) as Goal[],
    addedAt: row.added_at,
    ...(row.next_timezone !== null &&
      row.next_timezone_from !== null && {
        nextTimezone: { timezone: row.next_timezone, fromMs: row.next_timezone_from },
      }),
  }
}

function wordsIn(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}
