import { describe, expect, it } from 'vitest'
import { isSigned } from '../../../server/chain/signer.ts'
import {
  eraseSubject,
  importConsent,
  isKnown,
  placeHold,
  liftHold,
  removeExpired,
  RETENTION_DAYS,
  verifyLedger,
  type Subject,
} from '../../../sms/index.ts'
import { keptIn, rowsOf } from '../store/opened.ts'
import { consentNow, NUMBER, startLife, type Life } from './life.ts'
import { numberOf } from './store/opened.ts'

const DAY = 24 * 3_600_000
const BODY = 'Two for one today, Ann. Reply STOP to opt out.'

async function send(life: Life, subject: Subject): Promise<string> {
  const { sms, parts, program, clock } = life
  const row = await sms.transaction((transaction) =>
    parts.messages.add(transaction, {
      subject,
      senderId: program.senderId,
      programId: program.id,
      purpose: 'program',
      text: BODY,
      isAutomated: true,
      dueAt: clock.now(),
      expiresAt: clock.now() + DAY,
    }),
  )
  await life.tamper(
    `UPDATE sms_message SET status = 'accepted', handed_at = created_at WHERE id = ?`,
    row?.id,
  )
  return row?.id ?? ''
}

const erase = (life: Life, subject: Subject): Promise<void> =>
  life.sms.transaction((transaction) =>
    eraseSubject(transaction, life.parts, subject, { actor: 'terminal', method: 'request' }),
  )

const listed = (life: Life, collectedAt: number): Promise<string> =>
  life.sms.transaction((transaction) =>
    importConsent(transaction, life.parts, life.program, {
      number: numberOf(NUMBER),
      consent: { ...consentNow(collectedAt), signature: 'import', provenance: 'own-records' },
      line: 2,
    }),
  )

async function faults({ sms, chain, publicKey }: Life): Promise<string[]> {
  const said = await verifyLedger(sms.db, chain, (text, signature) => isSigned(publicKey, text, signature))
  return said.faults
}

describe('S22 R4.8 erasing a subject', () => {
  it('S22 leaves nothing that opens, and a chain that verifies', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await send(life, subject)
    await life.stop(subject, 'STOP, says Ann of 12 Elm Street')
    const sealed = (await rowsOf(life.store, 'sms_ledger')).map(({ payload }) => payload)
    const body = (await rowsOf(life.store, 'sms_message', "WHERE purpose = 'program'"))[0]?.body ?? 'nothing'
    await erase(life, subject)
    await life.store.purge()
    expect(await life.parts.subjects.byId(life.sms.db, subject.id)).toEqual({
      id: subject.id,
      erasedAt: life.clock.now(),
    })
    expect(await life.parts.subjects.find(life.sms.db, numberOf(NUMBER))).toBeUndefined()
    for (const table of ['sms_message', 'sms_inbound'] as const) {
      for (const row of await rowsOf(life.store, table)) expect(row.body).toBeNull()
    }
    const rows = await rowsOf(life.store, 'sms_ledger', 'ORDER BY seq')
    expect(rows.map(({ event, payload }) => [event, payload])).toEqual([
      ['consent-written', null],
      ['yes', null],
      ['opt-out', null],
      ['erased', null],
    ])
    expect(await faults(life)).toEqual([])
    // Of what somebody copied before, nothing is in any file any more, and no key is left that opens it.
    const kept = await keptIn(life.dataDir, life.store)
    for (const [name, bytes] of kept) {
      for (const text of [body, ...sealed])
        expect([name, bytes.includes(text ?? 'nothing')]).toEqual([name, false])
    }
    const [row] = await rowsOf(life.store, 'sms_subject')
    expect([row?.wrapped_key, row?.number]).toEqual([null, null])
  })

  it('S22 the number is not imported again, and signs up again only by itself', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await erase(life, subject)
    life.clock.pass(DAY)
    expect(await listed(life, life.clock.now())).toBe('opted-out')
    const again = await life.subject()
    expect(again.id).not.toBe(subject.id)
    await life.signUp()
    const rows = await rowsOf(life.store, 'sms_consent')
    expect(rows.find((row) => row.subject_id === again.id)?.standing).toBe('active')
  })

  it('S22 takes back what was queued', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const id = await send(life, subject)
    await life.tamper(`UPDATE sms_message SET status = 'queued' WHERE id = ?`, id)
    await erase(life, subject)
    expect((await life.parts.messages.byId(life.sms.db, id))?.status).toBe('cancelled')
  })
})

describe('S22 what is kept for its time', () => {
  it('S22 texts go after 90 days, events after 30, messages after 13 months, and all of somebody after five years', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await send(life, subject)
    await life.store.db
      .insertInto('sms_event')
      .values({
        uuid: 'u1',
        kind: 'status',
        provider_id: 'p1',
        status: 'delivered',
        code: null,
        cost: null,
        occurred_at: life.clock.now(),
        received_at: life.clock.now(),
        applied_at: life.clock.now(),
      })
      .execute()
    // The question for the YES went out too.
    await life.tamper(`UPDATE sms_message SET status = 'accepted'`)
    let day = 0
    const after = async (days: number): Promise<object> => {
      life.clock.pass((days - day) * DAY)
      day = days
      return removeExpired(life.parts)
    }
    const NOTHING = { bodies: 0, media: 0, events: 0, messages: 0, consents: 0 }
    expect(await after(RETENTION_DAYS.events)).toEqual(NOTHING)
    expect(await after(RETENTION_DAYS.events + 1)).toEqual({ ...NOTHING, events: 1 })
    expect(await after(RETENTION_DAYS.bodies)).toEqual(NOTHING)
    expect(await after(RETENTION_DAYS.bodies + 1)).toEqual({ ...NOTHING, bodies: 2 })
    expect(await after(RETENTION_DAYS.messages)).toEqual(NOTHING)
    expect(await after(RETENTION_DAYS.messages + 1)).toEqual({ ...NOTHING, messages: 2 })
    expect(await after(RETENTION_DAYS.consents)).toEqual(NOTHING)
    const before = await life.subject()
    expect((await life.parts.ledger.read(life.sms.db, before)).map(({ entry }) => entry.event)).toEqual([
      'consent-written',
      'yes',
    ])
    expect(await after(RETENTION_DAYS.consents + 1)).toEqual({ ...NOTHING, consents: 1 })
    expect(await after(RETENTION_DAYS.consents + 2)).toEqual(NOTHING)
    const gone = await life.parts.subjects.byId(life.sms.db, subject.id)
    expect(gone && isKnown(gone)).toBe(false)
    expect(await faults(life)).toEqual([])
  })

  it('S22 what is on its way keeps its text, and whoever is on hold keeps all', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const id = await send(life, subject)
    await life.tamper(`UPDATE sms_message SET status = 'unknown' WHERE id = ?`, id)
    await life.sms.transaction((transaction) =>
      placeHold(transaction, life.clock, subject.id, { reason: 'A lawsuit', actor: 'terminal' }),
    )
    life.clock.pass(2_000 * DAY)
    expect(await removeExpired(life.parts)).toEqual({
      bodies: 0,
      media: 0,
      events: 0,
      messages: 0,
      consents: 0,
    })
    expect(await life.sms.transaction((transaction) => liftHold(transaction, subject.id))).toBe(true)
    expect(await removeExpired(life.parts)).toMatchObject({ consents: 1 })
    expect((await life.parts.messages.byId(life.sms.db, id))?.body).toBeNull()
  })
})
