import { describe, expect, it } from 'vitest'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { createSms, type Sms } from '../../../../sms/sms.ts'
import { DAY, HOUR, MINUTE, numberAt, rig, TEXT, type Rig } from './rig.ts'

const [ANA, BEN] = [numberAt(1), numberAt(2)]
const BY = { actor: 'account:a1', reason: 'it is how our shop writes it' } as const
/** Letters that are torn apart: honest here, and a person looks. */
const HELD = 'S a l e today: two lattes for one.'

interface Desk extends Omit<Rig, 'sms'> {
  sms: Sms
  ask: { siteId: number; programId: string; to: string; text: string }
  /** The newest row of the audit log. */
  logged(): Promise<unknown>
}

async function desk(): Promise<Desk> {
  const here = await rig()
  const sms = createSms(here.parts, (tokens) => createMemoryProvider(tokens, here.clock))
  const { siteId, id: programId } = here.program
  return {
    ...here,
    sms,
    ask: { siteId, programId, to: ANA, text: HELD },
    logged: async () => {
      const rows = await here.store.db.selectFrom('audit_log').selectAll().orderBy('seq').execute()
      return rows.at(-1)
    },
  }
}

describe('a text that a rule holds', () => {
  it('S13 S14 is listed once however many messages wait with it, with why, and goes nowhere', async () => {
    const { sms, ask, signUp, settle, provider, clock } = await desk()
    for (const number of [ANA, BEN]) await signUp(number)
    await sms.send(ask, 'ana')
    clock.pass(MINUTE)
    await sms.send({ ...ask, to: BEN, sendAt: clock.now() + DAY }, 'ben')
    await settle()
    expect(provider.received).toEqual([])
    const [held, ...others] = await sms.held(ask.siteId)
    expect(others).toEqual([])
    expect(held).toMatchObject({
      program: ask.programId,
      programName: 'Lantern Deals',
      text: `${HELD}\nReply STOP to opt out.`,
      messages: 2,
      findings: [{ rule: 'evasion/torn@1' }],
    })
    expect(await sms.held(ask.siteId + 1)).toEqual([])
  })

  it('S13 S20 S21 goes out once somebody has found it right, with who and why; what is for later, later', async () => {
    const { sms, ask, signUp, settle, handset, clock, logged } = await desk()
    for (const number of [ANA, BEN]) await signUp(number)
    await sms.send(ask, 'ana')
    await sms.send({ ...ask, to: BEN, sendAt: clock.now() + 5 * MINUTE }, 'ben')
    await settle()
    const [held] = await sms.held(ask.siteId)
    const until = new Date(clock.now() + 24 * HOUR).toISOString()
    expect(await sms.approve(ask.siteId, held?.id ?? '', 24, BY)).toEqual({
      is: 'approved',
      messages: 2,
      until,
    })
    expect(await logged()).toMatchObject({ action: 'sms.message.approved', ...BY, subject: held?.id })
    await settle()
    expect([handset(ANA), handset(BEN)]).toEqual([[`${HELD}\nReply STOP to opt out.`], []])
    clock.pass(5 * MINUTE)
    await settle()
    expect(handset(BEN)).toHaveLength(1)
    expect(await sms.held(ask.siteId)).toEqual([])
    expect(await sms.approve(ask.siteId, held?.id ?? '', 24, BY)).toMatchObject({ status: 404 })
  })

  it('S13 is taken without a look for the hours that were given, word for word, in its program', async () => {
    const { sms, ask, signUp, clock, addProgram } = await desk()
    await signUp(ANA)
    await sms.send(ask, '1')
    const [held] = await sms.held(ask.siteId)
    await sms.approve(ask.siteId, held?.id ?? '', 2, BY)
    clock.pass(2 * HOUR - 1)
    expect(await sms.send(ask, '2')).toMatchObject({ decision: { verdict: 'send' } })
    const waits = { decision: { verdict: 'wait', for: ['text-unclear'] } }
    expect(await sms.send({ ...ask, text: `${HELD}!` }, '3')).toMatchObject(waits)
    const other = await addProgram({ name: 'Lantern Roasts' })
    await signUp(ANA, other)
    expect(await sms.send({ ...ask, programId: other.id }, '4')).toMatchObject(waits)
    clock.pass(1)
    expect(await sms.send(ask, '5')).toMatchObject(waits)
  })

  it('S7 S13 approved it passes everything else still: nobody who opted out gets it', async () => {
    const { sms, ask, signUp, write, settle, handset } = await desk()
    await signUp(ANA)
    await sms.send(ask, 'ana')
    const [held] = await sms.held(ask.siteId)
    await sms.approve(ask.siteId, held?.id ?? '', 24, BY)
    await write(ANA, 'STOP')
    expect(await sms.send(ask, 'again')).toMatchObject({ decision: { because: ['opted-out'] } })
    await settle()
    expect(handset(ANA).filter((text) => text.startsWith(HELD))).toEqual([])
  })

  it('S13 refused it is taken back, with who and why, and held again', async () => {
    const { sms, ask, signUp, rows, logged } = await desk()
    await signUp(ANA)
    await sms.send(ask, '1')
    const [held] = await sms.held(ask.siteId)
    const id = held?.id ?? ''
    expect(await sms.refuse(ask.siteId + 1, id, BY)).toMatchObject({ status: 404 })
    expect(await sms.refuse(ask.siteId, id, BY)).toEqual({ is: 'withdrawn', messages: 1 })
    expect(await logged()).toMatchObject({ action: 'sms.message.refused', ...BY, subject: id })
    expect((await rows('program')).map(({ status }) => status)).toEqual(['cancelled'])
    await sms.send(ask, '2')
    expect(await sms.held(ask.siteId)).toHaveLength(1)
  })
})

describe('an unclear answer', () => {
  it('S8 S21 is listed with its words, masked, and a person says what it meant', async () => {
    const { sms, signUp, write, queue, settle, handset, program, logged } = await desk()
    const subject = await signUp(ANA)
    await write(ANA, 'please cancel my order')
    const [unclear, ...others] = await sms.unclear(program.siteId)
    expect(others).toEqual([])
    expect(unclear).toMatchObject({
      subject: subject.id,
      number: `+1••••••${ANA.slice(-4)}`,
      text: 'please cancel my order',
      programs: ['Lantern Deals'],
    })
    const id = unclear?.id ?? ''
    expect(await sms.unclear(program.siteId + 1)).toEqual([])
    expect(await sms.settleAnswer(program.siteId + 1, id, 'other', BY)).toMatchObject({ status: 404 })
    expect(await sms.settleAnswer(program.siteId, id, 'opt-out', BY)).toEqual({ is: 'settled' })
    expect(await logged()).toMatchObject({ action: 'sms.answer.settled', ...BY, subject: subject.id })
    expect(await sms.settleAnswer(program.siteId, id, 'other', BY)).toMatchObject({ status: 404 })
    await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([])
  })

  it('S8 that was none lets what waited go out', async () => {
    const { sms, signUp, write, queue, settle, handset, program, clock } = await desk()
    const subject = await signUp(ANA)
    await write(ANA, 'please cancel my order')
    await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([])
    const [unclear] = await sms.unclear(program.siteId)
    await sms.settleAnswer(program.siteId, unclear?.id ?? '', 'other', BY)
    clock.pass(HOUR)
    await settle()
    expect(handset(ANA)).toEqual([TEXT])
  })
})

describe('a message that was given up', () => {
  /** One that the provider would not take, or of which it is not known. */
  async function dead(how: 'throttled' | 'unknown'): Promise<Desk & { id: string; siteId: number }> {
    const here = await desk()
    const { signUp, queue, provider, clock, worker, row, program } = here
    const id = await queue(await signUp(ANA))
    if (how === 'unknown') provider.answerWith({ is: 'unknown' })
    else provider.answerWith(...Array.from({ length: 8 }, () => ({ is: how, until: 0 }) as const))
    for (let rounds = 0; rounds < 60 && (await row(id)).status !== 'dead'; rounds++) {
      await worker.round()
      clock.pass(2 * MINUTE)
    }
    expect(await row(id)).toMatchObject({ status: 'dead' })
    return { ...here, id, siteId: program.siteId }
  }

  it('S21 that surely did not go out is listed, and passes the gate again with who and why', async () => {
    const { sms, id, siteId, settle, handset, logged, row } = await dead('throttled')
    expect(await sms.deadLetters(siteId)).toMatchObject([{ id, because: 'throttled', mayHaveLeft: false }])
    expect(await sms.deadLetters(siteId + 1)).toEqual([])
    expect(await sms.replay(siteId + 1, id, undefined, BY)).toMatchObject({ status: 404 })
    expect(await sms.settleDeadLetter(siteId, id, 'sent', BY)).toMatchObject({ status: 409 })
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ is: 'replayed' })
    expect(await logged()).toMatchObject({ action: 'sms.message.replayed', ...BY, subject: id })
    await settle()
    expect(await row(id)).toMatchObject({ status: 'accepted', attempts: 1 })
    expect(handset(ANA)).toEqual([TEXT])
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ status: 409 })
  })

  it('S7 replayed is blocked where they opted out meanwhile: the gate is asked anew', async () => {
    const { sms, id, siteId, write, settle, handset, row } = await dead('throttled')
    await write(ANA, 'STOP')
    await sms.replay(siteId, id, undefined, BY)
    await settle()
    expect(await row(id)).toMatchObject({ status: 'blocked' })
    expect(handset(ANA)).not.toContain(TEXT)
  })

  it('is never sent again while it may have gone out; found not to have, it can be', async () => {
    const { sms, id, siteId, settle, handset, row, logged } = await dead('unknown')
    expect(await sms.deadLetters(siteId)).toMatchObject([{ id, because: 'not-found', mayHaveLeft: true }])
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ status: 409 })
    await settle()
    expect(handset(ANA)).toEqual([])
    expect(await sms.settleDeadLetter(siteId, id, 'not-sent', BY)).toEqual({ is: 'settled' })
    expect(await logged()).toMatchObject({ action: 'sms.message.settled', ...BY, subject: id })
    expect(await sms.deadLetters(siteId)).toMatchObject([{ id, because: 'not-sent', mayHaveLeft: false }])
    await sms.replay(siteId, id, undefined, BY)
    await settle()
    expect(await row(id)).toMatchObject({ status: 'accepted' })
    expect(handset(ANA)).toEqual([TEXT])
  })

  it('found to have gone out it counts as sent, and cannot be sent again', async () => {
    const { sms, id, siteId, row } = await dead('unknown')
    expect(await sms.settleDeadLetter(siteId, id, 'sent', BY)).toEqual({ is: 'settled' })
    expect(await row(id)).toMatchObject({ status: 'accepted' })
    expect((await row(id)).slot_at).not.toBeNull()
    expect(await sms.deadLetters(siteId)).toEqual([])
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ status: 409 })
  })

  it('that would be stale needs a new end', async () => {
    const { sms, id, siteId, clock, row } = await dead('throttled')
    clock.pass(2 * DAY)
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ status: 422 })
    expect(await sms.replay(siteId, id, clock.now() + 91 * DAY, BY)).toMatchObject({ status: 422 })
    const expiresAt = clock.now() + HOUR
    expect(await sms.replay(siteId, id, expiresAt, BY)).toEqual({
      is: 'replayed',
      expiresAt: new Date(expiresAt).toISOString(),
    })
    expect(await row(id)).toMatchObject({ expires_at: expiresAt, status: 'queued' })
  })

  it('S22 without its text is not sent', async () => {
    const { sms, id, siteId, store } = await dead('throttled')
    await store.db.updateTable('sms_message').set({ body: null }).where('id', '=', id).execute()
    expect(await sms.replay(siteId, id, undefined, BY)).toMatchObject({ status: 409 })
  })
})
