import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../server/chain/canonical.ts'
import { sha256 } from '../../../server/chain/sha256.ts'
import { emailSigner, verifyEmailLedger } from '../../../server/beacons/ledger.ts'
import { decisionsOfCsv, parseCsv } from '../../../server/beacons/csv.ts'
import { UserError } from '../../../server/errors.ts'
import { keptIn, rowsOf, tamperer } from '../store/opened.ts'
import { LASTING } from '../store/keys.ts'
import { GIVEN, mailScene, SITE, type MailScene } from './rig.ts'

const ADDRESS = 'ada@lovelace.example'

async function send(
  scene: MailScene,
  method: string,
  path: string,
  body?: object | string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const isText = typeof body === 'string'
  const answer = await fetch(scene.url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': isText ? 'text/csv' : 'application/json' },
      body: isText ? body : JSON.stringify(body),
    }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const verify = (scene: MailScene): Promise<{ rows: number; faults: string[] }> =>
  verifyEmailLedger(scene.store, scene.site.id, emailSigner(LASTING).publicKey)

describe('R2.4 R4.1 what recipients consented to', () => {
  it('is recorded with what was shown, how and when, and found by id and address', async () => {
    const scene = await mailScene()
    const recorded = await send(scene, 'POST', '/api/email-consents', {
      site: SITE,
      consents: [
        {
          ...GIVEN,
          email: ' Ada@Lovelace.example ',
          purposes: ['email_open'],
          time: '2026-11-20T10:00:00+02:00',
        },
        { ...GIVEN, email: 'b@lovelace.example' },
      ],
    })
    expect(recorded.status).toBe(201)
    const [id] = recorded.body['ids'] as string[]
    const known = { id, email: ADDRESS, granted: ['email_open'], unsubscribed: false }
    expect((await send(scene, 'GET', `/api/email-consents?site=${SITE}&id=${id}`)).body).toEqual({
      consents: [known],
    })
    const found = await send(scene, 'POST', '/api/email-consents/find', {
      site: SITE,
      email: 'ADA@lovelace.example',
    })
    expect(found.body).toEqual(known)
    const all = await send(scene, 'GET', `/api/email-consents?site=${SITE}`)
    expect([(all.body['consents'] as object[]).length, all.body['after']]).toEqual([2, null])
    const [row] = await rowsOf(scene.store, 'email_ledger', 'ORDER BY seq')
    expect(row).toMatchObject({
      seq: 1,
      time: '2026-11-24T10:00:00Z',
      event: 'given',
      purposes: 'email_open',
      method: 'form',
      source: 'api',
      decided: '2026-11-20T08:00:00Z',
    })
    expect(await rowsOf(scene.store, 'email_copy')).toEqual([{ hash: row?.copy_hash, text: GIVEN.copy }])
  })

  it('is one and the same recipient however often they decide, and what holds is the last', async () => {
    const scene = await mailScene()
    const decide = async (
      event: 'given' | 'withdrawn',
      purposes: typeof GIVEN.purposes,
    ): Promise<unknown> => {
      const [id = ''] = await scene.recipients.record(scene.site.id, [{ ...GIVEN, event, purposes }], 'api')
      return [id, await scene.recipients.grantedBy(scene.site.id, id)]
    }
    const [id] = (await decide('given', ['email_open'])) as [string]
    expect(await decide('given', ['email_click'])).toEqual([id, ['email_open', 'email_click']])
    expect(await decide('withdrawn', ['email_open'])).toEqual([id, ['email_click']])
    expect(await scene.recipients.grantedBy(scene.site.id + 1, id)).toEqual([])
    expect(await verify(scene)).toMatchObject({ rows: 3, faults: [] })
  })

  it.each([
    [{ ...GIVEN, email: 'nobody' }, 'This is no e-mail address'],
    [{ ...GIVEN, copy: '  ' }, 'A consent needs the text that was shown'],
    [{ ...GIVEN, time: '2027-01-01T00:00:00Z' }, 'cannot have been given in the future'],
    [{ ...GIVEN, method: 'guessed' }, 'The field consents[1].method is missing or cannot be read.'],
    [{ ...GIVEN, purposes: [] }, 'The field consents[1].purposes is missing or cannot be read.'],
    [{ ...GIVEN, more: 1 }, 'There is a field that this address does not take'],
  ])('is refused as a whole where one cannot be taken: %j', async (wrong, sentence) => {
    const scene = await mailScene()
    const answer = await send(scene, 'POST', '/api/email-consents', { site: SITE, consents: [GIVEN, wrong] })
    expect(answer.status).toBe(400)
    expect(answer.body['error']).toContain(sentence)
    expect(JSON.stringify(answer.body)).not.toMatch(/lovelace|nobody/)
    expect(await rowsOf(scene.store, 'email_recipient')).toEqual([])
  })

  it('comes from a file, row by row, and rows that cannot be taken keep no other from it', async () => {
    const scene = await mailScene()
    const file = [
      '\uFEFFemail,purposes,copy,method,time',
      `${ADDRESS},email_open email_click,"May we, ""please""?\nYes",form,2026-11-20T10:00:00Z`,
      'nobody,email_open,x,form,',
      '',
      'c@lovelace.example,email_open,x,guessed,',
      'd@lovelace.example,email_open,x,written,',
    ].join('\r\n')
    const answer = await send(scene, 'POST', `/api/email-consents?site=${SITE}`, file)
    expect(answer).toEqual({
      status: 201,
      body: {
        recorded: 2,
        faults: [
          { row: 3, reason: 'This is no e-mail address: write it like name@example.com.' },
          { row: 4, reason: 'method cannot be read' },
        ],
      },
    })
    expect((await rowsOf(scene.store, 'email_copy')).map(({ text }) => text).toSorted()).toEqual([
      'May we, "please"?\nYes',
      'x',
    ])
    expect((await rowsOf(scene.store, 'email_ledger')).map(({ source }) => source)).toEqual(['csv', 'csv'])
    expect(() => decisionsOfCsv('email,copy\n', 0)).toThrow('The file has no column purposes, method')
    expect(() => parseCsv('a,"b\n')).toThrow(UserError)
    expect(parseCsv('a,b\r\n\r\n"x""y",\n')).toEqual([
      ['a', 'b'],
      ['x"y', ''],
    ])
  })

  it('R4.1 names nobody on disk: no address, in no form, and on each site another index', async () => {
    const scene = await mailScene()
    const [id] = await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    await scene.recipients.record(scene.site.id, [{ ...GIVEN, event: 'withdrawn' }], 'api')
    const [row] = await rowsOf(scene.store, 'email_recipient')
    expect(row?.email).toMatch(/^v1\.[0-9a-f]{16}\./)
    const kept = await keptIn(scene.dataDir, scene.store)
    for (const form of [
      ADDRESS,
      ADDRESS.toUpperCase(),
      'lovelace',
      Buffer.from(ADDRESS).toString('base64'),
    ]) {
      for (const [name, bytes] of kept) expect([name, bytes.includes(form)]).toEqual([name, false])
    }
    // The ledger holds nothing that the recipient's row does, but by way of its salt.
    const ledger = JSON.stringify(await rowsOf(scene.store, 'email_ledger'))
    for (const of of [id, row?.email_index, row?.salt]) expect(ledger).not.toContain(of)
  })

  it('R4.8 is erased with all that leads from it to the ledger, which still verifies', async () => {
    const scene = await mailScene()
    await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    const [row] = await rowsOf(scene.store, 'email_recipient')
    expect((await send(scene, 'DELETE', '/api/email-consents', { site: SITE, email: ADDRESS })).body).toEqual(
      {
        erased: true,
      },
    )
    expect((await send(scene, 'DELETE', '/api/email-consents', { site: SITE, email: ADDRESS })).status).toBe(
      404,
    )
    expect(await rowsOf(scene.store, 'email_recipient')).toEqual([])
    expect(await verify(scene)).toMatchObject({ rows: 2, faults: [] })
    for (const [name, bytes] of await keptIn(scene.dataDir, scene.store)) {
      expect([name, bytes.includes(row?.salt ?? '?')]).toEqual([name, false])
    }
    expect((await send(scene, 'DELETE', '/api/email-consents', { site: SITE })).status).toBe(400)
  })

  it.each([
    ['a value changed', `UPDATE email_ledger SET purposes = 'email_click' WHERE seq = 2`],
    ['a row taken out', 'DELETE FROM email_ledger WHERE seq = 2'],
    ['the end cut off', 'DELETE FROM email_ledger WHERE seq = 3'],
    ['the head gone', 'DELETE FROM email_head'],
    ['the head moved back', 'UPDATE email_head SET seq = 2'],
    ['two rows swapped', 'UPDATE email_ledger SET seq = 5 - seq WHERE seq IN (2, 3)'],
  ])('R2.6 shows %s', async (_what, statement) => {
    const scene = await mailScene()
    for (const method of ['form', 'written', 'spoken'] as const) {
      await scene.recipients.record(scene.site.id, [{ ...GIVEN, method }], 'api')
    }
    expect((await verify(scene)).faults).toEqual([])
    const tamper = await tamperer(scene.dataDir)
    if (statement.includes('5 - seq')) {
      await tamper('UPDATE email_ledger SET seq = 99 WHERE seq = 2')
      await tamper('UPDATE email_ledger SET seq = 2 WHERE seq = 3')
      await tamper('UPDATE email_ledger SET seq = 3 WHERE seq = 99')
    } else await tamper(statement)
    expect((await verify(scene)).faults).not.toEqual([])
    // What is appended later does not cover it up.
    if (statement.includes('email_head')) return
    await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    expect((await verify(scene)).faults).not.toEqual([])
  })

  it('R2.6 shows a last row that was changed with its hash, also once others were appended', async () => {
    const scene = await mailScene()
    await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    const [row] = await rowsOf(scene.store, 'email_ledger')
    if (!row) throw new Error('there is no row')
    const { seq, time, event, source, decided, commitment, copy_hash: copy } = row
    const purposes = ['email_open']
    const entry = {
      site: SITE,
      seq,
      time,
      event,
      purposes,
      method: 'written',
      source,
      decided,
      copy,
      commitment,
    }
    const hash = sha256(canonicalJson(entry), row.prev_hash)
    const tamper = await tamperer(scene.dataDir)
    await tamper(
      `UPDATE email_ledger SET purposes = 'email_open', method = 'written', row_hash = '${hash}' WHERE seq = 1`,
    )
    expect((await verify(scene)).faults).toEqual([expect.stringContaining('is not the one that was signed')])
    await scene.recipients.record(scene.site.id, [GIVEN], 'api')
    expect((await verify(scene)).faults).toEqual(['Row 2 does not continue the row before it.'])
  })
})
