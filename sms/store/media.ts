import type { PictureType } from '../picture.ts'
import type { Clock, Db, Place, Random, Sealing, SmsTransaction } from '../ports.ts'

/** A picture without its bytes. */
export interface KnownPicture {
  readonly id: string
  readonly siteId: number
  readonly type: PictureType
  readonly bytes: number
}

/** Pictures at rest, sealed. They are of a site and of nobody in particular. */
export interface Media {
  add(
    transaction: SmsTransaction,
    picture: { readonly siteId: number; readonly type: PictureType; readonly bytes: Uint8Array },
  ): Promise<KnownPicture>
  /** Those that there are, in the order of their ids. */
  known(db: Db, ids: readonly string[]): Promise<KnownPicture[]>
  /** Undefined where there is none of the id. */
  read(db: Db, id: string): Promise<(KnownPicture & { readonly content: Uint8Array }) | undefined>
  /** Keeps pictures for a message that goes with them, Unix milliseconds. */
  needUntil(transaction: SmsTransaction, ids: readonly string[], until: number): Promise<void>
}

export function createMedia({
  sealing,
  random,
  clock,
}: {
  sealing: Sealing
  random: Random
  clock: Clock
}): Media {
  return {
    add: async (transaction, { siteId, type, bytes }) => {
      const id = random.hex(16)
      const now = clock.now()
      await transaction
        .insertInto('sms_media')
        .values({
          id,
          site_id: siteId,
          content_type: type,
          bytes: bytes.length,
          body: sealing.envelope.seal(Buffer.from(bytes).toString('base64'), placeOf(id)),
          created_at: now,
          needed_until: now,
        })
        .execute()
      return { id, siteId, type, bytes: bytes.length }
    },
    known: async (db, ids) => {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('sms_media')
        .select(['id', 'site_id', 'content_type', 'bytes'])
        .where('id', 'in', [...new Set(ids)])
        .execute()
      return ids.flatMap((id) => {
        const row = rows.find((one) => one.id === id)
        return row ? [{ id, siteId: row.site_id, type: row.content_type, bytes: row.bytes }] : []
      })
    },
    read: async (db, id) => {
      const row = await db.selectFrom('sms_media').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return undefined
      const content = Buffer.from(sealing.envelope.open(row.body, placeOf(id)), 'base64')
      return { id, siteId: row.site_id, type: row.content_type, bytes: row.bytes, content }
    },
    needUntil: async (transaction, ids, until) => {
      if (ids.length === 0) return
      await transaction
        .updateTable('sms_media')
        .set({ needed_until: until })
        .where('id', 'in', [...ids])
        .where('needed_until', '<', until)
        .execute()
    },
  }
}

/** Ids of the pictures of a message. */
export function mediaOf({ media }: { readonly media: string | null }): readonly string[] {
  return media === null ? [] : (JSON.parse(media) as string[])
}

function placeOf(row: string): Place {
  return { table: 'sms_media', row, column: 'body' }
}
