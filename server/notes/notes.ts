import { randomBytes } from 'node:crypto'
import type { Note } from '../../schema/note.ts'
import type { Site } from '../../schema/site.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Actor } from '../audit/entry.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { isCalendarDay } from '../query/calendar.ts'
import type { Store } from '../store/open.ts'
import type { Role } from '../store/tables.ts'

export interface Notes {
  /** Of the days from one to the other, both included; the oldest day first. Throws UserError for what is no day. */
  list(site: Pick<Site, 'id'>, from: string, to: string): Promise<Note[]>
  /** Throws UserError for what is no day, for no text or a long one, for one with addresses in it, and for too many. */
  add(
    site: Pick<Site, 'id' | 'domain'>,
    wanted: { day: string; text: string },
    by: { actor: Actor; role: Role },
  ): Promise<Note>
  /** Throws UserError where there is none of this id. */
  remove(site: Pick<Site, 'id' | 'domain'>, id: string, by: { actor: Actor }): Promise<void>
}

const MAX_TEXT = 200
/** A day with more says nothing at a glance, and a site with more nothing at all. */
const [MOST_A_DAY, MOST_OF_SITE] = [10, 1_000]

export function createNotes(parts: {
  store: Pick<Store, 'db' | 'transaction'>
  audit: Pick<AuditLog, 'append'>
  clock: Pick<Clock, 'now'>
}): Notes {
  const { store, audit, clock } = parts
  return {
    list: async (site, from, to) => {
      checkDay(from)
      checkDay(to)
      const rows = await store.db
        .selectFrom('note')
        .selectAll()
        .where('site_id', '=', site.id)
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('day')
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(({ id, day, text, author_role: role }) => ({ id, day, text, role }))
    },
    add: async (site, { day, text: given }, { actor, role }) => {
      checkDay(day)
      const text = checkText(given)
      const id = randomBytes(8).toString('hex')
      await store.transaction(async (transaction) => {
        const rows = await transaction
          .selectFrom('note')
          .select('day')
          .where('site_id', '=', site.id)
          .execute()
        if (rows.filter((row) => row.day === day).length >= MOST_A_DAY || rows.length >= MOST_OF_SITE) {
          throw new UserError(
            `A day has ${MOST_A_DAY} notes at most and a site ${MOST_OF_SITE}: remove one first.`,
          )
        }
        await transaction
          .insertInto('note')
          .values({ id, site_id: site.id, day, text, author_role: role, created_at: clock.now() })
          .execute()
        await audit.append(transaction, {
          actor,
          action: 'note.added',
          subject: id,
          site: site.domain,
          detail: { day },
        })
      })
      return { id, day, text, role }
    },
    remove: (site, id, { actor }) =>
      store.transaction(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('note')
          .where('site_id', '=', site.id)
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        if (numDeletedRows === 0n) throw new UserError('This site has no note with this id.', 404)
        await audit.append(transaction, { actor, action: 'note.removed', subject: id, site: site.domain })
      }),
  }
}

function checkDay(day: string): void {
  if (!isCalendarDay(day)) throw new UserError('A day is written like 2026-11-24.')
}

/** Everybody who sees the numbers reads it, for years: whoever is called by name would have to be asked. */
function checkText(given: string): string {
  const text = given.replace(/\s+/g, ' ').trim()
  if (text === '' || text.length > MAX_TEXT || /\p{Cc}|\p{Cs}/u.test(text)) {
    throw new UserError(`A note has 1 to ${MAX_TEXT} characters: say what happened on that day.`)
  }
  if (text.includes('@') || /\d[\d\s().-]{5,}\d/.test(text)) {
    throw new UserError('Leave e-mail addresses and long numbers out of a note: everybody here reads it.')
  }
  return text
}
