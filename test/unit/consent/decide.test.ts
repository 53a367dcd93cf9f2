import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ConsentDecision } from '../../../schema/consent.ts'
import { createSites } from '../../../server/sites/registry.ts'
import type { ConsentLedgerTable } from '../../../server/store/tables.ts'
import { serve, type Answered } from './asked.ts'
import { rowsOf } from '../store/opened.ts'
import {
  decisionOf,
  noticeHash,
  REFUSAL,
  rig,
  unknownReceipt,
  versionOf,
  WITHDRAWAL,
  type Rig,
} from './rig.ts'

type Scene = Rig & {
  choose(changes?: Partial<ConsentDecision>): Promise<Answered>
  rows(): Promise<ConsentLedgerTable[]>
}

async function scene(): Promise<Scene> {
  const made = await rig()
  const ask = await serve(made.consent.route)
  return Object.assign(made, {
    choose: (changes: Partial<ConsentDecision> = {}) => ask({ body: decisionOf(changes) }),
    rows: () => rowsOf(made.store, 'consent_ledger', 'ORDER BY seq'),
  })
}

const KNOWN_COLUMNS =
  'site_id seq time event action source granted denied revision policy_hash notice_hash locale jurisdiction gpc gpc_override until_day commitment prev_hash row_hash'

describe('a choice', () => {
  it('R6.5 that grants everything is answered with a token, a receipt and what a withdrawal will clear', async () => {
    const { choose, consent, site } = await scene()
    const { status, json, headers } = await choose()
    expect(status).toBe(200)
    expect(json).toEqual({
      revision: 1,
      granted: ['performance', 'functionality', 'targeting'],
      until: '2027-05-25',
      token: expect.stringMatching(/^1~example\.com~1~7~0~2026-11-24T13~/) as string,
      receipt: expect.stringMatching(/^[\w-]{22}$/) as string,
      // The 24th of November 2026 ends in Berlin at 23:00 UTC.
      calendar: [20_781, 29_926_020],
      sweep: [],
      keep: ['performance', 'functionality', 'targeting'].map((category) => ({
        category,
        cookies: [`_${category}*`],
        localStorage: [],
        sessionStorage: [],
        indexedDB: [],
        caches: [],
      })),
    })
    expect(consent.tokens.check(String(json['token']), site.domain, { performance: 1 }, 1)).toMatchObject({
      ok: true,
      granted: 1,
    })
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-allow-credentials']).toBeUndefined()
    expect(headers['set-cookie']).toBeUndefined()
  })

  it('R6.5 that refuses gets neither token nor receipt, and its row says the day and nothing of anybody', async () => {
    const { choose, rows, store } = await scene()
    const { json } = await choose(REFUSAL)
    expect(Object.keys(json).sort()).toEqual(['granted', 'keep', 'revision', 'sweep', 'until'])
    expect(json).toMatchObject({ granted: [], keep: [], until: '2027-05-25' })
    expect(json['sweep']).toHaveLength(3)
    const [row] = await rows()
    expect(row).toMatchObject({
      event: 'refused',
      time: '2026-11-24',
      commitment: null,
      granted: '',
      denied: 'performance,functionality,targeting',
    })
    expect(await rowsOf(store, 'consent_receipt')).toEqual([])
  })

  it('R6.5 of two people who refuse on one day leaves the same record but for its place in the chain', async () => {
    const { choose, rows, clock, facts } = await scene()
    await choose(REFUSAL)
    clock.pass(3_600_000)
    Object.assign(facts, { ip: '203.0.113.9', language: 'fr' })
    await choose(REFUSAL)
    const [one, two] = await rows()
    expect({ ...two, seq: 1, prev_hash: one?.prev_hash, row_hash: one?.row_hash }).toEqual(one)
  })

  it('R6.2 is kept without address, user agent, page or any column for them', async () => {
    const { choose, store, facts, dataDir } = await scene()
    facts.ip = '198.51.100.77'
    await choose()
    const [row] = await rowsOf(store, 'consent_ledger')
    expect(Object.keys(row ?? {}).join(' ')).toBe(KNOWN_COLUMNS)
    for (const name of readdirSync(dataDir)) {
      expect(readFileSync(`${dataDir}/${name}`).includes('198.51.100.77')).toBe(false)
    }
  })

  it('R2.6 is recorded with policy, notice, language, country, source and action', async () => {
    const { choose, rows, site, versions } = await scene()
    const notice = noticeHash(site, versions[0] as never, 'de')
    await choose({ action: 'custom', granted: ['targeting', 'performance'], source: 'preferences', notice })
    expect(await rows()).toEqual([
      expect.objectContaining({
        seq: 1,
        time: '2026-11-24T13:50:07Z',
        event: 'given',
        action: 'custom',
        source: 'preferences',
        granted: 'performance,targeting',
        denied: 'functionality',
        revision: 1,
        policy_hash: versions[0]?.hash,
        notice_hash: notice,
        locale: 'de',
        jurisdiction: 'DE',
        gpc: 0,
        gpc_override: 0,
        until_day: '2027-05-25',
      }),
    ])
  })

  it('R6.5 changes under the receipt that the visitor holds, and ends under it', async () => {
    const { choose, rows } = await scene()
    const receipt = String((await choose()).json['receipt'])
    const changed = await choose({ action: 'custom', granted: ['performance'], receipt })
    expect(changed.json['receipt']).toBe(receipt)
    const { json } = await choose({ ...WITHDRAWAL, receipt })
    expect(json['receipt']).toBeUndefined()
    expect(json['token']).toBeUndefined()
    const told = await rows()
    expect(told.map(({ event }) => event)).toEqual(['given', 'changed', 'withdrawn'])
    expect(new Set(told.map(({ commitment }) => commitment)).size).toBe(1)
    expect(told[2]?.time).toBe('2026-11-24T13:50:07Z')
    // A withdrawal sent again since its answer was lost is recorded once; who grants anew gets another receipt.
    await choose({ ...WITHDRAWAL, receipt })
    expect(await rows()).toHaveLength(3)
    expect((await choose({ receipt })).json['receipt']).not.toBe(receipt)
    expect((await rows())[3]?.commitment).not.toBe(told[0]?.commitment)
  })

  it('with a receipt of another site, or one that is none, counts all the same', async () => {
    const { choose, rows, store, clock, consent } = await scene()
    await createSites({ store, clock }).add({ domain: 'other.example' })
    const receipt = String((await choose()).json['receipt'])
    for (const wrong of [unknownReceipt(), 'spoilt', '']) {
      expect((await choose({ ...WITHDRAWAL, receipt: wrong })).status).toBe(200)
    }
    const ask = await serve(consent.route)
    const elsewhere = await ask({
      body: decisionOf({ ...WITHDRAWAL, receipt, site: 'other.example' }),
      headers: { origin: 'https://other.example' },
    })
    expect(elsewhere.status).toBe(200)
    const withdrawn = (await rows()).filter(({ event }) => event === 'withdrawn')
    expect(withdrawn.map(({ commitment }) => commitment)).toEqual([null, null, null, null])
    const kept = await ask({ method: 'GET', path: `/c/${receipt}` })
    expect(kept.json).toMatchObject({ site: 'example.com', action: 'accept_all' })
  })

  it('that objects is told from one that refuses', async () => {
    const { choose, rows } = await scene()
    await choose({ action: 'object', granted: [] })
    await choose(WITHDRAWAL)
    await choose({ action: 'custom', granted: [] })
    expect((await rows()).map(({ event }) => event)).toEqual(['objected', 'withdrawn', 'refused'])
  })

  it('R6.5 grants only what the site uses', async () => {
    const { choose, rows, versions } = await scene()
    versions[0] = versionOf(1, { performance: 1 })
    expect((await choose()).json).toMatchObject({ granted: ['performance'] })
    expect((await rows())[0]).toMatchObject({ granted: 'performance', denied: '' })
  })

  it('R6.5 under an old revision grants what was not widened since; where nothing is left the page asks again', async () => {
    const { choose, rows, versions, consent, site, faults } = await scene()
    versions.push(versionOf(2, { performance: 1, functionality: 1, targeting: 2 }))
    const { json } = await choose({ revision: 1 })
    expect(json).toMatchObject({ revision: 2, granted: ['performance', 'functionality'] })
    expect((await rows())[0]).toMatchObject({
      revision: 1,
      policy_hash: versions[0]?.hash,
      denied: 'targeting',
    })
    const since = versions[1]?.since ?? {}
    expect(consent.tokens.check(String(json['token']), site.domain, since, 2)).toMatchObject({ granted: 3 })
    const outdated = await choose({ revision: 1, action: 'custom', granted: ['targeting'] })
    expect([outdated.status, outdated.json['revision']]).toEqual([409, 2])
    const unknown = await choose({ revision: 9 })
    expect([unknown.status, unknown.json['revision']]).toEqual([409, 2])
    expect(faults).toEqual([409, 409])
    expect(await rows()).toHaveLength(1)
  })

  it('R6.5 that refuses is taken whatever the revision', async () => {
    const { choose, rows, versions } = await scene()
    versions.push(versionOf(2))
    for (const revision of [1, 2, 77]) expect((await choose({ ...REFUSAL, revision })).status).toBe(200)
    expect((await rows()).map(({ revision }) => revision)).toEqual([1, 2, 2])
  })

  it('names a notice that was never made: kept without it, and counted', async () => {
    const { choose, rows, consent, site, versions } = await scene()
    await choose({ notice: 'x'.repeat(43) })
    // A notice of another revision was not the one shown.
    await choose({ notice: noticeHash(site, versionOf(2), 'en') })
    await choose({ notice: noticeHash(site, versions[0] as never, 'en') })
    expect((await rows()).map(({ notice_hash: hash }) => hash !== null)).toEqual([false, false, true])
    expect(consent.readings()[0]?.read()).toBe(2)
  })
})

describe('Global Privacy Control', () => {
  it.each([
    ['by the header', true, false],
    ['by the page', false, true],
  ])(
    'R6.5 %s is recorded, and an explicit choice after it stands and says so',
    async (_name, header, body) => {
      const { choose, rows, facts } = await scene()
      Object.assign(facts, { gpc: header })
      expect((await choose({ gpc: body })).json).toMatchObject({
        granted: ['performance', 'functionality', 'targeting'],
        token: expect.stringMatching(/~7~1~/) as string,
      })
      await choose({ gpc: body, action: 'custom', granted: ['performance'] })
      await choose({ gpc: body, ...REFUSAL })
      expect((await rows()).map(({ gpc, gpc_override: override }) => [gpc, override])).toEqual([
        [1, 1],
        [1, 0],
        [1, 0],
      ])
    },
  )

  it('R6.5 stands over what the page chooses by itself', async () => {
    const { choose, rows, facts, versions } = await scene()
    Object.assign(facts, { gpc: true })
    expect((await choose({ source: 'api' })).json).toMatchObject({
      granted: ['performance', 'functionality'],
    })
    versions.push(versionOf(2, undefined, { gpc: 'all' }))
    expect((await choose({ source: 'api', revision: 2 })).json).toMatchObject({ granted: [] })
    expect((await choose({ source: 'banner', revision: 2 })).json['granted']).toHaveLength(3)
    expect((await rows()).map(({ event, gpc_override: override }) => [event, override])).toEqual([
      ['given', 0],
      ['refused', 0],
      ['given', 1],
    ])
  })
})
