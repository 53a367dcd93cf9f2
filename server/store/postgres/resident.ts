import type { ResidentTable } from '../tables.ts'

/** The column that says which rows of a resident table have changed: its primary key, or the first part of it. */
export const KEY_OF = {
  site: 'id',
  data_key: 'id',
  api_key: 'id',
  policy: 'site_id',
  account: 'id',
  account_site: 'account_id',
  recovery_code: 'account_id',
  passkey: 'id',
  set_up_link: 'token_hash',
  session: 'id_hash',
  share_link: 'id',
  audit_head: 'only',
} as const satisfies Record<ResidentTable, string>

/** Rows of a table that have changed: those with one of these keys, or any. */
export type Changed = ReadonlySet<string> | 'all'

/** The channel (LISTEN, NOTIFY) on which changes are told, as `<table> <key>`. Channels are of one database. */
export const CHANNEL = 'sluice_change'

/** What was told on the channel; undefined for what a newer sluice tells of its own tables. */
export function changeOf(told: string): { table: ResidentTable; key: string } | undefined {
  const [table = '', key = ''] = told.split(' ')
  return isResident(table) ? { table, key } : undefined
}

function isResident(name: string): name is ResidentTable {
  return Object.hasOwn(KEY_OF, name)
}
