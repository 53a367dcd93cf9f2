import { describe, expect, it } from 'vitest'
import { createSites } from '../../../../server/sites/registry.ts'
import { createSms, type Sms } from '../../../../sms/sms.ts'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { PNG } from '../pictures.ts'
import { PROGRAM, SETTINGS } from './program.ts'
import { DAY, numberAt, rig, type Rig } from './rig.ts'

const ANA = numberAt(1)

async function desk(): Promise<
  Omit<Rig, 'sms'> & { sms: Sms; ask: { siteId: number; programId: string; to: string; text: string } }
> {
  const here = await rig()
  const sms = createSms(here.parts, (tokens) => createMemoryProvider(tokens, here.clock))
  const { siteId, id: programId } = here.program
  return { ...here, sms, ask: { siteId, programId, to: ANA, text: 'Two lattes for one today.' } }
}

describe('what is asked of the module', () => {
  it('S6 queues a message once for each key, with its opt-out sentence', async () => {
    const { sms, ask, signUp, settle, handset } = await desk()
    await signUp(ANA)
    const first = await sms.send(ask, 'key 1')
    expect(first).toMatchObject({ is: 'queued', decision: { verdict: 'send' }, segments: 1 })
    expect(await sms.send(ask, 'key 1')).toMatchObject({ is: 'known', id: (first as { id: string }).id })
    expect(await sms.send({ ...ask, text: 'Another.' }, 'key 1')).toMatchObject({
      is: 'refused',
      status: 409,
    })
    expect(await sms.send({ ...ask, sendAt: 9e12, expiresAt: 9e12 + 1 }, 'key 1')).toMatchObject({
      status: 409,
    })
    await settle()
    expect(handset(ANA)).toEqual(['Two lattes for one today.\nReply STOP to opt out.'])
    expect(await sms.send(ask, 'key 1')).toMatchObject({ is: 'known' })
    await settle()
    expect(handset(ANA)).toHaveLength(1)
  })

  it('S3 S17 keeps nothing of a number that nobody knows, and says why nothing goes out', async () => {
    const { sms, ask, store, rows } = await desk()
    expect(await sms.send(ask, 'key')).toMatchObject({
      is: 'explained',
      decision: { verdict: 'block', because: ['no-consent'] },
    })
    expect(await store.db.selectFrom('sms_subject').selectAll().execute()).toEqual([])
    expect(await rows()).toEqual([])
  })

  it('explains without sending, and blocks at once what can never go out', async () => {
    const { sms, ask, signUp, rows, worker, provider } = await desk()
    await signUp(ANA)
    expect(await sms.explain(ask)).toMatchObject({ is: 'explained', decision: { verdict: 'send' } })
    expect(await rows('program')).toEqual([])
    const loans = await sms.send({ ...ask, text: 'Payday loans up to $900!' }, 'loans')
    expect(loans).toMatchObject({ is: 'queued', decision: { verdict: 'block', because: ['prohibited'] } })
    await worker.round()
    expect((await rows('program')).map(({ status }) => status)).toEqual(['blocked'])
    expect(provider.received).toEqual([])
  })

  it.each([
    ['no key', { key: ' ' }, 400],
    ['another site', { siteId: 1 }, 404],
    ['no program', { programId: 'none' }, 404],
    ['no number', { to: '12' }, 400],
    ['a number elsewhere', { to: '+4915112345678' }, 400],
    ['no subject', { to: 'a'.repeat(32) }, 404],
    ['no text', { text: ' ' }, 422],
    ['a text too long', { text: 'x'.repeat(1_000) }, 422],
    ['an end before the beginning', { expiresAt: 5 }, 400],
  ])(
    'refuses %s in a sentence without a number',
    async (_, { key = 'key', ...changes }: object & { key?: string }, status) => {
      const { sms, ask, rows } = await desk()
      const answered = await sms.send({ ...ask, ...changes }, key)
      expect(answered).toMatchObject({ is: 'refused', status })
      expect((answered as { error: string }).error).toMatch(/^[A-Z][^+]*\.$/)
      expect((answered as { error: string }).error).not.toMatch(/\d{7}/)
      expect(await rows()).toEqual([])
    },
  )

  it('S2 takes no sender for what it is not', async () => {
    const { sms } = await desk()
    const given = { features: ['A2PSmsSender'], campaign: 'Confirmed', useCases: ['Marketing'] }
    const made = await sms.senders.add({ ...given, number: '888 555 0100' }, 'terminal')
    expect(made).toMatchObject({ class: 'high-volume-toll-free', confirmationBy: 'provider' })
    expect(await sms.senders.add({ ...given, number: '888 555 0100' }, 'terminal')).toMatchObject({
      status: 409,
    })
    const other = { ...given, number: '201 555 0107' }
    expect(await sms.senders.add({ ...other, class: 'high-volume-toll-free' }, 'terminal')).toMatchObject({
      status: 422,
    })
    expect(await sms.senders.add({ ...other, useCases: ['Loans'] }, 'terminal')).toMatchObject({
      status: 400,
    })
    expect(await sms.senders.add({ ...other, class: 'high-volume-long-code' }, 'terminal')).toMatchObject({
      class: 'high-volume-long-code',
    })
  })

  it('S13 S21 makes no program of what none may be about, and writes down what it makes', async () => {
    const { sms, program, sender, store } = await desk()
    const given = { program: { ...PROGRAM, name: 'Two' }, settings: SETTINGS, sender: sender.id }
    const loans = { ...given.program, samples: ['Payday loans up to $900!', 'More loans.'] }
    expect(await sms.programs.add(program.siteId, { ...given, program: loans }, 'terminal')).toMatchObject({
      is: 'refused',
      status: 422,
    })
    const care = { ...given.program, useCase: 'CustomerCare' } as const
    expect(await sms.programs.add(program.siteId, { ...given, program: care }, 'terminal')).toMatchObject({
      status: 422,
    })
    expect(await sms.programs.add(program.siteId, given, 'key:k1')).toMatchObject({
      program: { name: 'Two' },
    })
    expect(await sms.programs.add(program.siteId, given, 'key:k1')).toMatchObject({ status: 409 })
    const log = await store.db.selectFrom('audit_log').selectAll().execute()
    expect(log.at(-1)).toMatchObject({ action: 'sms.program.added', actor: 'key:k1' })
  })

  it('R4.4 shows, ends and uses nothing of another site by its id', async () => {
    const { sms, ask, program, signUp, clock, parts, sender, store } = await desk()
    const other = await createSites({ store, clock }).add({ domain: 'other.example' })
    const theirs = await store.transaction((transaction) =>
      parts.programs.add(transaction, {
        siteId: other.id,
        senderId: sender.id,
        program: { ...PROGRAM, name: 'Theirs' },
        settings: SETTINGS,
      }),
    )
    await signUp(ANA, theirs)
    const sent = await sms.send({ ...ask, siteId: other.id, programId: theirs.id }, 'theirs')
    const id = 'id' in sent ? sent.id : ''
    expect(await sms.message(other.id, id)).toMatchObject({ id, program: theirs.id })
    expect(await sms.message(program.siteId, id)).toMatchObject({ is: 'refused', status: 404 })
    expect(await sms.programs.byId(program.siteId, theirs.id)).toBeUndefined()
    expect(await sms.programs.end(program.siteId, theirs.id, 'key:k1')).toMatchObject({ status: 404 })
    expect(await sms.programs.byId(other.id, theirs.id)).toMatchObject({ id: theirs.id })
    expect((await sms.programs.byId(other.id, theirs.id))?.endedAt).toBeUndefined()
    expect(await sms.send({ ...ask, programId: theirs.id }, 'ours')).toMatchObject({ status: 404 })
    const picture = await sms.addPicture(other.id, PNG.whole)
    const media = ['id' in picture ? picture.id : '']
    expect(await sms.explain({ ...ask, media })).toMatchObject({ is: 'refused', status: 404 })
    expect(await sms.explain({ ...ask, siteId: other.id, programId: theirs.id, media })).toMatchObject({
      is: 'explained',
    })
  })

  it('S12 S21 enters an opt-out of anybody, with when, how and what proves it', async () => {
    const { sms, signUp, parts, store, program, clock, rows, queue } = await desk()
    const subject = await signUp(ANA)
    await queue(subject, undefined, { dueAt: clock.now() + DAY })
    clock.pass(60_000)
    const given = {
      siteId: program.siteId,
      from: ANA,
      by: 'letter',
      receivedAt: '2026-11-24T10:00:30-05:00',
      evidence: 'letter 2026/118',
      actor: 'account:a1',
    } as const
    expect(await sms.optOut(given)).toMatchObject({
      is: 'entered',
      did: 'opted-out',
      cancelled: 1,
      deadline: '2026-12-08T15:00:30.000Z',
    })
    expect((await rows('program')).map(({ status }) => status)).toEqual(['cancelled'])
    const entries = await parts.ledger.read(store.db, subject)
    expect(entries.at(-1)).toMatchObject({
      entry: { event: 'opt-out', method: 'letter', actor: 'account:a1', occurredAt: given.receivedAt },
      opened: { payload: { evidence: 'letter 2026/118', by: 'letter' } },
    })
    expect(await sms.subject(program.siteId, subject.id)).toMatchObject({
      number: `+1••••••${ANA.slice(-4)}`,
      programs: [{ state: 'opted-out' }],
    })
    expect(await sms.optOut({ ...given, from: numberAt(9) })).toMatchObject({ did: 'opted-out' })
    expect(await sms.optOut({ ...given, receivedAt: 'yesterday' })).toMatchObject({ status: 400 })
    expect(await sms.optOut({ ...given, evidence: ' ' })).toMatchObject({ status: 400 })
    expect(await sms.optOut({ ...given, programId: 'none' })).toMatchObject({ status: 404 })
  })
})
