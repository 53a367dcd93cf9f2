import type { Transaction } from 'kysely'
import { EMAIL_MODES, type EmailCampaign, type EmailMode } from '../../schema/email.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { parseUrl } from '../host.ts'
import type { Sent } from '../query/mails.ts'
import { randomId } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { EmailCampaignTable, Tables } from '../store/tables.ts'

/** A campaign as tokens name it. */
export interface KnownCampaign {
  readonly id: number
  readonly siteId: number
  readonly name: string
  readonly mode: EmailMode
}

export interface Campaigns {
  /**
   * Makes a campaign, or changes its mode and adds links. Links stay registered: mails with them are out.
   * Throws UserError for a name, mode or address that is none.
   */
  put(
    siteId: number,
    campaign: { name: string; mode: string; links: readonly string[] },
  ): Promise<EmailCampaign>
  list(siteId: number): Promise<EmailCampaign[]>
  /** From then on nothing of it counts; its links go on leading. False where there is none. */
  remove(siteId: number, name: string): Promise<boolean>
  /** Throws UserError 404. */
  get(siteId: number, name: string): Promise<KnownCampaign>
  /** Undefined where it is removed or never was. */
  byId(id: number): Promise<KnownCampaign | undefined>
  /** The ids of registered addresses of a campaign. Throws UserError for one that is not registered. */
  linkIds(campaign: KnownCampaign, targets: readonly string[]): Promise<{ target: string; id: number }[]>
  /** Where a link of a site leads, also of a campaign that is removed. */
  target(siteId: number, linkId: number): Promise<string | undefined>
  /** Adds to the mails of a day. */
  announce(campaign: KnownCampaign, day: string, sends: number): Promise<void>
  /** Mails by campaign and day, up to a day. */
  sends(siteId: number, to: string): Promise<Sent[]>
}

const MAX_NAME = 120
const MAX_TARGET = 2_048
const MAX_LINKS = 500

export function createCampaigns(parts: {
  store: Pick<Store, 'db' | 'transaction'>
  clock: Pick<Clock, 'now'>
}): Campaigns {
  const { store, clock } = parts

  return {
    async put(siteId, given) {
      const [name, mode] = [checkName(given.name), checkMode(given.mode)]
      const targets = [...new Set(given.links.map(checkTarget))]
      return store.transaction(async (transaction) => {
        const known = await inForce(transaction, siteId).where('name', '=', name).executeTakeFirst()
        const row = known ?? {
          id: randomId(),
          site_id: siteId,
          name,
          mode,
          created_at: clock.now(),
          removed_at: null,
        }
        if (known) {
          await transaction.updateTable('email_campaign').set({ mode }).where('id', '=', row.id).execute()
        } else await transaction.insertInto('email_campaign').values(row).execute()
        await register(transaction, row.id, targets)
        return shown(transaction, { ...row, mode })
      })
    },
    async list(siteId) {
      const rows = await inForce(store.db, siteId).orderBy('created_at', 'desc').orderBy('name').execute()
      const all: EmailCampaign[] = []
      for (const row of rows) all.push(await shown(store.db, row))
      return all
    },
    async remove(siteId, name) {
      const removed = await store.db
        .updateTable('email_campaign')
        .set({ removed_at: clock.now() })
        .where('site_id', '=', siteId)
        .where('name', '=', name)
        .where('removed_at', 'is', null)
        .returning('id')
        .execute()
      return removed.length > 0
    },
    async get(siteId, name) {
      const row = await inForce(store.db, siteId).where('name', '=', name).executeTakeFirst()
      if (!row) {
        throw new UserError(
          'This site has no such campaign: `sluice beacon list` shows them, `sluice beacon add` makes one.',
          404,
        )
      }
      return campaignOf(row)
    },
    async byId(id) {
      const row = await store.db
        .selectFrom('email_campaign')
        .selectAll()
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .executeTakeFirst()
      return row && campaignOf(row)
    },
    async linkIds({ id }, targets) {
      const rows = await store.db
        .selectFrom('email_link')
        .select(['id', 'target'])
        .where('campaign_id', '=', id)
        .execute()
      const known = new Map(rows.map((row) => [row.target, row.id]))
      return targets.map((given) => {
        const target = checkTarget(given)
        const linkId = known.get(target)
        if (linkId === undefined) {
          throw new UserError('A link leads to a registered address only: add it to the campaign first.')
        }
        return { target, id: linkId }
      })
    },
    async target(siteId, linkId) {
      const row = await store.db
        .selectFrom('email_link')
        .innerJoin('email_campaign', 'email_campaign.id', 'email_link.campaign_id')
        .select('email_link.target')
        .where('email_link.id', '=', linkId)
        .where('email_campaign.site_id', '=', siteId)
        .executeTakeFirst()
      return row?.target
    },
    async announce({ siteId, name }, day, sends) {
      if (sends === 0) return
      await store.db
        .insertInto('email_send')
        .values({ site_id: siteId, campaign: name, day, sends })
        .onConflict((conflict) =>
          conflict
            .columns(['site_id', 'campaign', 'day'])
            .doUpdateSet((row) => ({ sends: row('email_send.sends', '+', sends) })),
        )
        .execute()
    },
    sends: (siteId, to) => readSends(store, siteId, to),
  }
}

/** Mails of a site by campaign and day, up to a day. */
export function readSends(store: Pick<Store, 'db'>, siteId: number, to: string): Promise<Sent[]> {
  return store.db
    .selectFrom('email_send')
    .select(['campaign', 'day', 'sends'])
    .where('site_id', '=', siteId)
    .where('day', '<=', to)
    .orderBy('day')
    .orderBy('campaign')
    .execute()
}

const inForce = (db: Store['db'], siteId: number) =>
  db.selectFrom('email_campaign').selectAll().where('site_id', '=', siteId).where('removed_at', 'is', null)

async function shown(db: Store['db'], row: EmailCampaignTable): Promise<EmailCampaign> {
  const links = await db
    .selectFrom('email_link')
    .select('target')
    .where('campaign_id', '=', row.id)
    .orderBy('target')
    .execute()
  const sent = await db
    .selectFrom('email_send')
    .select((column) => column.fn.sum<number | null>('sends').as('sum'))
    .where('site_id', '=', row.site_id)
    .where('campaign', '=', row.name)
    .executeTakeFirst()
  return {
    name: row.name,
    mode: row.mode,
    created: new Date(row.created_at).toISOString(),
    links: links.map(({ target }) => target),
    sends: sent?.sum ?? 0,
  }
}

async function register(
  transaction: Transaction<Tables>,
  campaignId: number,
  targets: readonly string[],
): Promise<void> {
  for (const target of targets) {
    await transaction
      .insertInto('email_link')
      .values({ id: randomId(), campaign_id: campaignId, target })
      .onConflict((conflict) => conflict.columns(['campaign_id', 'target']).doNothing())
      .execute()
  }
  const { count } = await transaction
    .selectFrom('email_link')
    .select((column) => column.fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow()
  if (count > MAX_LINKS) {
    throw new UserError(`A campaign has at most ${MAX_LINKS} links: these would be ${count}.`)
  }
}

function campaignOf({ id, site_id: siteId, name, mode }: EmailCampaignTable): KnownCampaign {
  return { id, siteId, name, mode }
}

/** A name is shown to whoever may ask about the site: it must not hold somebody's address. */
function checkName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > MAX_NAME || /\p{Cc}|\p{Cs}/u.test(name)) {
    throw new UserError(`Give the campaign a name of 1 to ${MAX_NAME} characters.`)
  }
  if (/@|\d[\d ().-]{7,}\d/.test(name)) {
    throw new UserError(
      'Leave e-mail addresses and long numbers out of the name of a campaign: it is in reports.',
    )
  }
  return name
}

function checkMode(text: string): EmailMode {
  const mode = EMAIL_MODES.find((known) => known === text)
  if (mode === undefined) {
    throw new UserError(`${JSON.stringify(text.slice(0, 40))} is no mode: choose ${EMAIL_MODES.join(', ')}.`)
  }
  return mode
}

/** An address as it is registered, and as a browser is sent there. Throws UserError for one of another kind. */
export function checkTarget(text: string): string {
  const url = text.length <= MAX_TARGET && !/\p{Cc}/u.test(text) ? parseUrl(text.trim()) : undefined
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  // What stands before an @ is no part of where it leads, and has been used to hide that.
  if (!url || !isWeb || url.username !== '' || url.password !== '') {
    throw new UserError(
      'A link leads to a whole address on the web, like https://example.com/offer, without a name in it.',
    )
  }
  return url.href
}
