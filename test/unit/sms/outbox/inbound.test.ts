import { describe, expect, it } from 'vitest'
import { hasOptOutText } from '../../../../sms/opt-out-text.ts'
import { ANSWERS } from '../../../../sms/data/answers.ts'
import { LANGUAGES } from '../../../../sms/data/words.ts'
import { screen } from '../../../../sms/screen.ts'
import { DEFAULT_SEGMENTS } from '../../../../sms/opt-out-text.ts'
import { segmentsOf } from '../../../../sms/segments.ts'
import type { ProviderEvent } from '../../../../sms/index.ts'
import type { SendingParts } from '../../../../sms/parts.ts'
import { createWorker } from '../../../../sms/worker.ts'
import { keptIn, rowsOf } from '../../store/opened.ts'
import { numberOf } from '../store/opened.ts'
import { PROGRAM, SETTINGS } from './program.ts'
import { DAY, numberAt, rig, SENDER_NUMBER, TEXT } from './rig.ts'

const ANA = numberAt(1)

describe('an answer', () => {
  it('S7 is taken once, however often and by whatever way it comes', async () => {
    const { write, rows, take, clock } = await rig()
    expect(await write(ANA, 'STOP', { id: 'one' })).toBe('taken')
    expect(await write(ANA, 'STOP', { id: 'one' })).toBe('known')
    // Found once more in the provider's list, which gives its word another id.
    const [from, to] = [numberOf(ANA), numberOf(SENDER_NUMBER)]
    const listed = {
      what: 'inbound',
      uuid: 'listed',
      id: 'one',
      from,
      to,
      text: 'STOP',
      at: clock.now(),
    } as const
    expect(await take(listed)).toBe('known')
    expect(await rows('answer')).toHaveLength(1)
    expect(await write(ANA, 'STOP', { to: '+12015550999' })).toBe('not-ours')
  })

  it('S8 HELP is answered to everybody, once a day', async () => {
    const { write, settle, handset, clock, signUp } = await rig()
    await signUp(ANA)
    await write(ANA, 'STOP')
    await write(ANA, 'HELP')
    await write(ANA, 'help?')
    await settle()
    expect(handset(ANA).filter((text) => text.includes('help@lantern.example'))).toHaveLength(1)
    clock.pass(DAY + 1)
    await write(ANA, 'INFO')
    await settle()
    expect(handset(ANA).filter((text) => text.includes('help@lantern.example'))).toHaveLength(2)
  })

  it('START gives back only what STOP took', async () => {
    const { write, settle, handset, clock, signUp, queue, provider } = await rig()
    const subject = await signUp(ANA)
    await write(numberAt(2), 'START')
    await write(ANA, 'START')
    await settle()
    expect(provider.received).toEqual([])
    await write(ANA, 'STOP')
    clock.pass(1_000)
    await write(ANA, 'START')
    await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([
      expect.stringContaining('opted out'),
      expect.stringContaining('you are signed up for Lantern Deals'),
      TEXT,
    ])
    expect(provider.pushed.at(-1)).toMatchObject({ opted: 'in' })
  })

  it('YES means something only where it was asked for, and NO declines', async () => {
    const { write, settle, handset, signUp, queue, addProgram, clock } = await rig()
    const program = await addProgram({ name: 'Doubly', confirmWithin: DAY })
    await write(ANA, 'YES')
    await settle()
    expect(handset(ANA)).toEqual([])
    const subject = await signUp(ANA, program)
    clock.pass(1_000)
    await write(ANA, 'no')
    clock.pass(1_000)
    await write(ANA, 'YES')
    await queue(subject, TEXT, { program })
    await settle()
    expect(handset(ANA)).not.toContain(TEXT)
  })

  it('S8 that is unclear keeps promotions back until a person has decided', async () => {
    const { write, settle, handset, signUp, queue, addProgram, store, clock } = await rig()
    const service = await addProgram({ name: 'Orders', kind: 'service' })
    const subject = await signUp(ANA)
    await signUp(ANA, service)
    await write(ANA, 'please cancel my order')
    await queue(subject)
    await queue(subject, 'Your order is ready. Reply STOP to opt out.', { program: service })
    await settle()
    expect(handset(ANA)).toEqual(['Your order is ready. Reply STOP to opt out.'])
    await store.db.updateTable('sms_inbound').set({ settled_at: 1, settled_as: 'other' }).execute()
    clock.pass(15 * 60_000)
    await settle()
    expect(handset(ANA)).toContain(TEXT)
  })

  it('S18 stands in no file as it was written, nor does what was sent, nor any number', async () => {
    const { write, settle, signUp, queue, dataDir, store, parts } = await rig()
    const subject = await signUp(ANA)
    await queue(subject, 'Quite a remarkable latte. Reply STOP to opt out.')
    await settle()
    await write(ANA, 'take my contact info off please')
    await settle()
    const { store: smsStore } = parts
    expect(await smsStore.db.selectFrom('sms_inbound').select('meaning').execute()).toEqual([
      { meaning: 'opt-out' },
    ])
    const kept = await keptIn(dataDir, store)
    for (const [name, bytes] of kept) {
      for (const secret of [ANA.slice(2), '2015550100', 'remarkable latte', 'contact info off']) {
        expect([name, secret, bytes.includes(secret)]).toEqual([name, secret, false])
      }
    }
  })
})

describe('what is said to somebody who has written', () => {
  it.each(LANGUAGES)('S6 names everything that it must, in %s', (language) => {
    const { request, welcome, help, optedOut } = ANSWERS[language]
    for (const text of [request, welcome, help].map((write) => write(PROGRAM, SETTINGS))) {
      expect([text, hasOptOutText(text)]).toEqual([text, true])
      expect(text).toContain(PROGRAM.seller)
      expect(segmentsOf(text).count).toBeLessThanOrEqual(DEFAULT_SEGMENTS)
      expect(screen(text, PROGRAM.domains).findings).toEqual([])
    }
    expect(help(PROGRAM, SETTINGS)).toContain(SETTINGS.contact)
    expect(optedOut(undefined)).not.toBe(optedOut('Lantern'))
  })

  it('S7 S8 takes an answer with half a character in it: an opt-out holds, and lists are read on', async () => {
    const { signUp, write, queue, settle, handset, parts, store } = await rig()
    const subject = await signUp(numberAt(1))
    await write(numberAt(1), 'STOP \uD83D')
    await queue(subject)
    await settle()
    expect(handset(numberAt(1)).filter((text) => text === TEXT)).toEqual([])
    const entries = await parts.ledger.read(store.db, subject)
    expect(entries.at(-1)).toMatchObject({
      entry: { event: 'opt-out' },
      opened: { payload: { text: 'STOP \uFFFD' } },
    })
  })

  it('S7 S12 that cannot be kept keeps none behind it: what follows in the list is taken, and the list read again', async () => {
    const { parts, clock, store } = await rig()
    const inbound = (number: string, id: string): ProviderEvent => ({
      what: 'inbound',
      uuid: `list ${id}`,
      id,
      from: numberOf(number),
      to: numberOf(SENDER_NUMBER),
      text: 'STOP',
      at: clock.now(),
    })
    // No text of the store holds this character.
    const events = [inbound(numberAt(1), 'a\u0000'), inbound(numberAt(2), 'b'), inbound(numberAt(3), 'c')]
    const cursors: unknown[] = []
    const listSince: SendingParts['provider']['listSince'] = async (cursor) => {
      cursors.push(cursor)
      return { events, cursor: 'behind them' }
    }
    const worker = createWorker({ ...parts, provider: { ...parts.provider, listSince } })
    for (let time = 0; time < 2; time++) await expect(worker.catchUp()).rejects.toThrow('NUL')
    expect(cursors).toEqual([undefined, undefined])
    const entries = await rowsOf(store, 'sms_ledger')
    expect(entries.map(({ event }) => event)).toEqual(['opt-out', 'opt-out'])
  })
})
