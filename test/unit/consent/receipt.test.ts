import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ConsentReceipt } from '../../../schema/consent.ts'
import { canonicalJson } from '../../../server/chain/canonical.ts'
import { createSigner } from '../../../server/chain/signer.ts'
import { verifySite } from '../../../server/consent/audit.ts'
import { consentSigner } from '../../../server/consent/open.ts'
import { verifyReceipt } from '../../../server/consent/receipt.ts'
import { serve, type Answered } from './asked.ts'
import { LASTING } from '../store/keys.ts'
import { keptIn, rowsOf, tamperer } from '../store/opened.ts'
import { decisionOf, noticeHash, rig, unknownReceipt, WITHDRAWAL, type Rig } from './rig.ts'

const { publicKey } = consentSigner(LASTING)

type Scene = Rig & {
  ask: Awaited<ReturnType<typeof serve>>
  grant(): Promise<string>
  show(id: string): Promise<Answered>
}

async function scene(): Promise<Scene> {
  const made = await rig()
  const ask = await serve(made.consent.route)
  const notice = noticeHash(made.site, made.versions[0] as never, 'de')
  return Object.assign(made, {
    ask,
    grant: async () => {
      const { json } = await ask({ body: decisionOf({ action: 'custom', granted: ['performance'], notice }) })
      return String(json['receipt'])
    },
    show: (id: string) => ask({ method: 'GET', path: `/c/${id}` }),
  })
}

describe('the receipt', () => {
  it('R6.6 says what was chosen, when, from what, and whom to turn to', async () => {
    const { grant, show, site, versions } = await scene()
    const id = await grant()
    const { status, json } = await show(id)
    expect(status).toBe(200)
    expect(json).toEqual({
      id,
      version: 1,
      site: 'example.com',
      time: '2026-11-24T13:50:07Z',
      action: 'custom',
      source: 'banner',
      granted: ['essential', 'performance'],
      denied: ['functionality', 'targeting'],
      policy: { revision: 1, hash: versions[0]?.hash },
      notice: noticeHash(site, versions[0] as never, 'de'),
      locale: 'de',
      jurisdiction: 'DE',
      gpc: false,
      until: '2027-05-25',
      controller: { name: 'Example Ltd', contact: 'privacy@example.com' },
      signature: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{86}$/) as string,
    })
  })

  it('R2.6 names a notice whose very text can be read', async () => {
    const { grant, show, ask } = await scene()
    const { json } = await show(await grant())
    const notice = await ask({ method: 'GET', path: `/c/notice/${String(json['notice'])}` })
    expect(notice.json).toEqual({ hash: json['notice'], site: 'example.com', revision: 1, language: 'de' })
    for (const wrong of ['A'.repeat(43), 'short', (json['policy'] as { hash: string }).hash]) {
      expect((await ask({ method: 'GET', path: `/c/notice/${wrong}` })).status).toBe(404)
    }
  })

  it('R2.6 is signed so that any JOSE library can tell, with the published key', async () => {
    const { grant, show, ask } = await scene()
    const receipt = (await show(await grant())).json as unknown as ConsentReceipt
    const [header = '', content = '', mac = ''] = receipt.signature.split('.')
    const { keys } = (await ask({ method: 'GET', path: '/.well-known/sluice-consent.json' })).json as {
      keys: { kid: string }[]
    }
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: keys[0]?.kid,
    })
    const { signature: _, ...said } = receipt
    expect(Buffer.from(content, 'base64url').toString()).toBe(canonicalJson(said))
    const key = createPublicKey({ key: keys[0] as never, format: 'jwk' })
    const text = Buffer.from(`${header}.${content}`)
    expect(verifySignature(null, text, key, Buffer.from(mac, 'base64url'))).toBe(true)
    expect(verifyReceipt(publicKey, receipt)).toBe(true)
  })

  it('R2.6 no longer verifies with any field changed, left out or added, or by another key', async () => {
    const { grant, show } = await scene()
    const receipt = (await show(await grant())).json as unknown as ConsentReceipt
    for (const field of Object.keys(receipt) as (keyof ConsentReceipt)[]) {
      const changed = { ...receipt, [field]: field === 'gpc' ? true : 'other' }
      const { [field]: _, ...without } = receipt
      expect(verifyReceipt(publicKey, changed), field).toBe(false)
      if (field !== 'signature')
        expect(verifyReceipt(publicKey, without as ConsentReceipt), field).toBe(false)
    }
    expect(verifyReceipt(publicKey, { ...receipt, more: 1 } as ConsentReceipt)).toBe(false)
    expect(verifyReceipt(createSigner(Buffer.alloc(32, 9)).publicKey, receipt)).toBe(false)
  })

  it('R6.5 shows the withdrawal once that is made', async () => {
    const { grant, show, ask, clock } = await scene()
    const id = await grant()
    clock.pass(60_000)
    await ask({ body: decisionOf({ ...WITHDRAWAL, receipt: id, source: 'preferences' }) })
    const { json } = await show(id)
    expect(json).toMatchObject({
      id,
      time: '2026-11-24T13:51:07Z',
      action: 'withdraw',
      source: 'preferences',
      granted: ['essential'],
      denied: ['performance', 'functionality', 'targeting'],
    })
    expect(verifyReceipt(publicKey, json as unknown as ConsentReceipt)).toBe(true)
  })

  it('R2.6 is not signed for a row that was changed', async () => {
    const { grant, show, dataDir } = await scene()
    const id = await grant()
    const tamper = await tamperer(dataDir)
    await tamper("UPDATE consent_ledger SET granted = 'performance,targeting'")
    const { status, json } = await show(id)
    expect([status, json['error']]).toEqual([
      500,
      'The record of this choice was changed and is not signed: tell the owner of the site.',
    ])
  })
})

describe('erasing a receipt', () => {
  it('R6.5 leaves nothing that leads to it, and a chain that verifies and says that it was erased', async () => {
    const { grant, show, ask, store, site, dataDir } = await scene()
    const [id, other] = [await grant(), await grant()]
    const before = await rowsOf(store, 'consent_ledger', 'ORDER BY seq')
    const { salt } = (await rowsOf(store, 'consent_receipt')).find((row) => row.id === id) ?? { salt: '' }
    expect(salt).toHaveLength(22)
    const erased = await ask({ method: 'DELETE', path: `/c/${id}` })
    expect([erased.status, erased.json]).toEqual([200, { erased: true }])

    expect((await show(id)).status).toBe(404)
    expect((await ask({ method: 'DELETE', path: `/c/${id}` })).status).toBe(404)
    expect((await show(other)).status).toBe(200)
    const after = await rowsOf(store, 'consent_ledger', 'ORDER BY seq')
    expect(after.slice(0, 2)).toEqual(before)
    expect(after[2]).toMatchObject({
      event: 'erased',
      time: '2026-11-24',
      action: null,
      source: null,
      commitment: before[0]?.commitment,
    })
    expect(await verifySite(store, site.id, publicKey)).toMatchObject({ rows: 3, faults: [] })
    // With SQLite not in a free page of the file or in the write-ahead log either; what PostgreSQL leaves is told in
    // docs/operations.md.
    const kept = await keptIn(dataDir, store)
    for (const [name, bytes] of kept) {
      expect([name, bytes.includes(id), bytes.includes(salt)]).toEqual([name, false, false])
    }
    expect([...kept.values()].some((bytes) => bytes.includes(other))).toBe(true)
  })

  it('R6.5 ends what the receipt can change: a withdrawal that names it counts, and links to nothing', async () => {
    const { grant, ask, store } = await scene()
    const id = await grant()
    await ask({ method: 'DELETE', path: `/c/${id}` })
    await ask({ body: decisionOf({ ...WITHDRAWAL, receipt: id }) })
    expect((await rowsOf(store, 'consent_ledger', 'ORDER BY seq DESC'))[0]).toMatchObject({
      event: 'withdrawn',
      commitment: null,
    })
  })

  it('knows no receipt that was never made', async () => {
    const { ask, show, store } = await scene()
    for (const id of [unknownReceipt(), 'x', `${unknownReceipt()}%00`]) {
      expect((await show(id)).status).toBe(404)
      expect((await ask({ method: 'DELETE', path: `/c/${id}` })).status).toBe(404)
    }
    expect(await rowsOf(store, 'consent_ledger')).toEqual([])
  })
})
