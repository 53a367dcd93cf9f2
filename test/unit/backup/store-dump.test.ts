import { describe, expect, it } from 'vitest'
import { dumpStore, fillStore, isStoreEmpty, STORE_TABLES } from '../../../server/backup/store-dump.ts'
import type { Section } from '../../../server/backup/archive.ts'
import type { Store } from '../../../server/store/open.ts'
import type { Tables } from '../../../server/store/tables.ts'
import { smsRows } from '../sms/rows.ts'
import { dataFolder, openedStore, rowsOf } from '../store/opened.ts'

const TABLES = Object.keys(STORE_TABLES) as (keyof Tables)[]
const SITE = 4_503_599_627_370_495
const TIME = '2026-11-24T13:50:07Z'

/** A row of every table; of one with a key of five columns more than are read at once. */
const ROWS: { [Name in keyof Tables]: Tables[Name][] } = {
  site: [
    {
      id: SITE,
      domain: 'bücher.example',
      timezone: 'Europe/Berlin',
      next_timezone: null,
      next_timezone_from: null,
      pre_consent: 'anonymous',
      subdomains: 1,
      event_window_days: 396,
      minimum_group: 5,
      minimum_group_scope: 'close',
      properties: '',
      traits: '',
      goals: '[]',
      added_at: 1_780_000_000_000,
      removed_at: null,
    },
  ],
  data_key: ['1'.repeat(16), '2'.repeat(16)].map((master) => ({
    id: 'f'.repeat(16),
    purpose: 'lasting',
    generation: 1,
    master_id: master,
    wrapped: `v1.${master}.wrapped`,
    created_at: 1_780_000_000_000,
    taken: 1,
  })),
  api_key: [
    {
      id: 'k1',
      site_id: SITE,
      scope: 'query',
      key_hash: 'ab'.repeat(32),
      created_at: 1,
      last_used_day: '2026-11-24',
      revoked_at: null,
      expires_at: 5,
    },
  ],
  account: [
    {
      id: 'a1',
      email: 'v1.00.sealed',
      email_index: 'index',
      role: 'owner',
      all_sites: 0,
      password_hash: '$argon2id$v=19$…',
      totp_secret: 'v1.00.secret',
      totp_step: 59_333_333,
      created_at: 2,
    },
  ],
  account_site: [{ account_id: 'a1', site_id: SITE }],
  recovery_code: [{ account_id: 'a1', code_hash: 'cd'.repeat(32) }],
  passkey: [
    {
      id: 'p1',
      account_id: 'a1',
      credential_id: 'v1.00.credential',
      credential_index: 'index',
      name: 'v1.00.name',
      public_key: 'cose',
      counter: 5,
      created_at: 3,
      last_used_at: null,
    },
  ],
  set_up_link: [{ token_hash: 'ef'.repeat(32), account_id: 'a1', totp_secret: 'sealed', expires_at: 9 }],
  session: [
    {
      id_hash: '12'.repeat(32),
      name: 's1',
      account_id: 'a1',
      created_at: 3,
      last_seen_at: 4,
      second_factor_at: 3,
    },
  ],
  report: [
    {
      id: 'r1',
      site_id: SITE,
      kind: 'spike',
      language: 'de',
      threshold: 500,
      created_at: 5,
      told_at: null,
    },
  ],
  note: [
    {
      id: 'n1',
      site_id: SITE,
      day: '2026-11-24',
      text: 'The new shop opened',
      author_role: 'analyst',
      created_at: 5,
    },
  ],
  report_recipient: [
    {
      id: 'rr1',
      report_id: 'r1',
      email: 'v1.00.sealed',
      email_index: 'index',
      created_at: 5,
      asked_at: 1,
      confirmed_at: 6,
      sent_for: null,
      sending_until: null,
    },
  ],
  share_link: [
    {
      id: 'l1',
      site_id: SITE,
      token_hash: '34'.repeat(32),
      name: 'for the board',
      password_hash: null,
      filters: '[{"dimension":"country","is":["DE"]}]',
      embed: 'https://board.example',
      created_at: 5,
      expires_at: null,
      revoked_at: null,
      last_opened_day: '2026-11-24',
    },
  ],
  audit_log: [1, 2].map((seq) => ({
    seq,
    time: TIME,
    actor: 'terminal',
    action: 'site.added',
    subject: null,
    site: 'bücher.example',
    reason: null,
    detail: '{"a":"line\\nbreak\\t\\u2028"}',
    prev_hash: 'p',
    row_hash: 'r',
  })),
  audit_head: [{ only: 1, seq: 2, row_hash: 'r', time: TIME, key_id: 'kid', signature: 's' }],
  policy: [
    {
      site_id: SITE,
      revision: 2,
      hash: 'h',
      manifest: '{"x":"\n\t\u2028𝒳"}',
      published_at: 6,
      since_performance: 2,
      since_functionality: null,
      since_targeting: null,
    },
  ],
  consent_removed: [
    {
      site_id: SITE,
      from_seq: 1,
      to_seq: 3,
      row_hash: 'hash',
      time: '2026-11-24T10:00:00Z',
      key_id: 'key',
      signature: 'signature',
    },
  ],
  consent_ledger: [
    {
      site_id: SITE,
      seq: 1,
      time: TIME,
      event: 'given',
      action: 'accept_all',
      source: 'banner',
      granted: 'performance',
      denied: '',
      revision: 2,
      policy_hash: 'h',
      notice_hash: null,
      locale: 'de',
      jurisdiction: 'DE',
      gpc: 0,
      gpc_override: 0,
      until_day: '2027-05-24',
      commitment: 'c',
      prev_hash: 'p',
      row_hash: 'r',
    },
  ],
  email_campaign: [
    { id: 1, site_id: SITE, name: 'Spring', mode: 'identified', created_at: 5, removed_at: null },
  ],
  email_link: [{ id: 2, campaign_id: 1, target: 'https://bücher.example/' }],
  email_send: [{ site_id: SITE, campaign: 'Spring', day: '2026-11-24', sends: 3 }],
  email_recipient: [
    {
      id: 'r',
      site_id: SITE,
      email: 'v1.sealed',
      email_index: 'i',
      salt: 's',
      opens: 1,
      clicks: 0,
      unsubscribed: 0,
    },
  ],
  email_ledger: [
    {
      site_id: SITE,
      seq: 1,
      time: TIME,
      event: 'given',
      purposes: 'email_open',
      method: 'form',
      source: 'api',
      decided: TIME,
      copy_hash: 'h',
      commitment: 'c',
      prev_hash: 'p',
      row_hash: 'r',
    },
  ],
  email_head: [{ site_id: SITE, seq: 1, row_hash: 'r', time: TIME, key_id: 'kid', signature: 's' }],
  email_copy: [{ hash: 'h', text: 'May we?' }],
  consent_receipt: [{ id: 'receipt', site_id: SITE, salt: 'salt', commitment: 'c' }],
  consent_document: [{ hash: 'h', kind: 'policy', document: '{}' }],
  consent_head: [{ site_id: SITE, seq: 1, row_hash: 'r', time: TIME, key_id: 'kid', signature: 's' }],
  consent_count: Array.from({ length: 2_500 }, (_, index) => ({
    site_id: SITE,
    day: `2026-11-${String((index % 28) + 1).padStart(2, '0')}`,
    language: `l${index % 7}`,
    country: `c${index}`,
    outcome: 'accepted',
    count: index,
  })),
  consent_granted_count: [
    { site_id: SITE, day: '2026-11-24', outcome: 'custom', granted: 'performance', gpc: 1, count: 3 },
  ],
  ...smsRows(SITE),
  drop_count: [{ site_id: SITE, day: '2026-11-24', hour: 13, kind: 'dropped', reason: 'bot', count: 7 }],
  drop_file: [{ id: 'f' }],
}

async function seed(store: Pick<Store, 'db'>): Promise<void> {
  for (const table of TABLES) {
    const rows = ROWS[table] as object[]
    for (let from = 0; from < rows.length; from += 500) {
      await store.db
        .insertInto(table)
        .values(rows.slice(from, from + 500))
        .execute()
    }
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const byText = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted()

describe('the store in a backup', () => {
  it('R4.6 knows every table that the schema makes', async () => {
    const store = await openedStore()
    const tables = (await store.db.introspection.getTables()).map(({ name }) => name)
    expect([...new Set(tables)].toSorted()).toEqual([...TABLES, 'migration'].toSorted())
  })

  it('R4.6 comes back row by row, all but what would let somebody in who was let out', async () => {
    const [from, to] = [await openedStore(), await openedStore()]
    await seed(from)
    expect(await isStoreEmpty(to)).toBe(true)
    const sections = await all(dumpStore(from))
    await to.transaction(async (transaction) => {
      for (const section of sections) await fillStore(transaction, section)
    })
    expect(await isStoreEmpty(to)).toBe(false)
    for (const table of TABLES) {
      const restored = await rowsOf(to, table)
      const isLeftOut = STORE_TABLES[table] === null
      expect([table, byText(restored)]).toEqual([table, isLeftOut ? [] : byText(await rowsOf(from, table))])
      if (!isLeftOut) expect(restored.length, table).toBe(ROWS[table].length)
    }
    const rows = sections.reduce((sum, { head }) => sum + head.rows, 0)
    expect(rows).toBe(TABLES.reduce((sum, table) => sum + ROWS[table].length, 0) - 4)
  })

  it('S7 sends nothing that was on its way when it was made: nobody knows what went out since', async () => {
    const [from, to] = [await openedStore(), await openedStore()]
    await seed(from)
    await from.db.updateTable('sms_message').set({ status: 'queued' }).execute()
    await to.transaction(async (transaction) => {
      for await (const section of dumpStore(from)) await fillStore(transaction, section)
    })
    expect(await rowsOf(to, 'sms_message')).toMatchObject([
      { status: 'cancelled', decision: '{"because":["restored"]}' },
    ])
  })

  it('R4.6 is of one moment, and nobody who writes waits for it', async () => {
    const data = dataFolder()
    const [reading, writing] = [await openedStore(data), await openedStore(data)]
    await seed(writing)
    const dump = dumpStore(reading)
    const sections: Section[] = []
    const first = await dump.next()
    if (!first.done) sections.push(first.value)
    await writing.transaction(async (transaction) => {
      await transaction.deleteFrom('consent_count').execute()
      await transaction.updateTable('audit_head').set({ seq: 3 }).execute()
    })
    sections.push(...(await all(dump)))
    const rowsIn = (table: string): number =>
      sections.filter(({ head }) => head.table === table).reduce((sum, { head }) => sum + head.rows, 0)
    expect(rowsIn('consent_count')).toBe(2_500)
    const head = sections.find((section) => section.head.table === 'audit_head')
    expect(head?.body.toString()).toBe('[1,2,"r","2026-11-24T13:50:07Z","kid","s"]\n')
    // The transaction is over: the next question sees what was written.
    expect(await rowsOf(reading, 'consent_count')).toEqual([])
  })

  it('takes rows of no table that it does not know', async () => {
    const store = await openedStore()
    for (const table of ['migration', 'session', 'nothing']) {
      const body = Buffer.from('[1]\n')
      await expect(
        store.transaction((transaction) =>
          fillStore(transaction, { head: { part: 'store', table, columns: ['number'], rows: 1 }, body }),
        ),
      ).rejects.toThrow(`the store has no table ${table}`)
    }
  })
})
