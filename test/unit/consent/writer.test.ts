import { describe, expect, it } from 'vitest'
import { verifySite } from '../../../server/consent/audit.ts'
import { consentSigner } from '../../../server/consent/open.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { LASTING } from '../store/keys.ts'
import { atOnce, environmentOf, openedStore, rowsOf } from '../store/opened.ts'
import { serve } from './asked.ts'
import { decisionOf, REFUSAL, rig } from './rig.ts'

describe('writing side by side', () => {
  it('R2.6 never forks the chain in one process', async () => {
    const { consent, store, site } = await rig()
    const ask = await serve(consent.route)
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        ask({
          body: decisionOf(index % 3 === 0 ? REFUSAL : {}),
          headers: { 'x-ip': `10.0.${index}.1` },
        }),
      ),
    )
    const taken = answers.filter(({ status }) => status === 200)
    expect(taken).toHaveLength(120)
    const receipts = taken.flatMap(({ json }) => (json['receipt'] === undefined ? [] : [json['receipt']]))
    expect(new Set(receipts).size).toBe(receipts.length)
    expect(await verifySite(store, site.id, consentSigner(LASTING).publicKey)).toMatchObject({
      rows: taken.length,
      faults: [],
    })
  })

  it('R2.6 never forks the chain in several processes', async () => {
    const { dataDir, store, site, versions } = await rig()
    const ran = await atOnce(
      ['a', 'b', 'c'],
      `
        import { openStore } from './server/store/open.ts'
        import { createWriter } from './server/consent/writer.ts'
        import { createDocuments, policyDocument } from './server/consent/documents.ts'
        import { appendEntry } from './server/consent/ledger.ts'
        const version = JSON.parse(process.env.VERSION)
        openStore({ dataDir: process.env.FOLDER, databaseUrl: process.env.DATABASE_URL, log: { info() {}, warn() {} } }).then(async (store) => {
          const writer = createWriter(store)
          await createDocuments({ store, writer }).keep([policyDocument(version)])
          for (let count = 0; count < 15; count++) {
            meet()
            await writer.write((transaction) => appendEntry(transaction, Number(process.env.SITE), {
              time: '2026-11-24', event: 'refused', action: 'reject_all', source: 'banner', granted: [], denied: [],
              policy: { revision: 1, hash: version.hash }, notice: null, locale: process.env.NAME, jurisdiction: 'DE',
              gpc: false, gpcOverride: false, until: '2027-05-25', commitment: null,
            }))
          }
          await store.close()
        })
      `,
      { ...(await environmentOf(dataDir)), SITE: String(site.id), VERSION: JSON.stringify(versions[0]) },
    )
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
    const rows = await rowsOf(store, 'consent_ledger', 'ORDER BY seq')
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1))
    // They took turns: else the chain of each would only follow that of another.
    const turns = rows.filter(({ locale }, index) => locale !== rows[index - 1]?.locale).length
    expect(turns).toBeGreaterThan(5)
    const { faults } = await verifySite(store, site.id, consentSigner(LASTING).publicKey)
    expect(faults).toEqual([])
  })

  it('shares one transaction among what comes at one moment, and loses all of it together or nothing', async () => {
    const store = await openedStore()
    let transactions = 0
    const writer = createWriter({
      transaction: (run) => {
        transactions++
        return store.transaction(run)
      },
    })
    const insert = (id: string): Promise<string> =>
      writer.write(async (transaction) => {
        await transaction
          .insertInto('set_up_link')
          .values({ token_hash: id, totp_secret: '', expires_at: 1 })
          .execute()
        return id
      })
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(insert))).toEqual(['a', 'b', 'c', 'd'])
    expect(transactions).toBe(1)
    const both = await Promise.allSettled([insert('e'), insert('a')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await insert('f')).toBe('f')
    await writer.settled()
    const kept = store.readRows('set_up_link', 'ORDER BY token_hash').map((row) => row.token_hash)
    expect(kept).toEqual(['a', 'b', 'c', 'd', 'f'])
  })
})
