import { expect } from 'vitest'
import { createSites } from '../../../../server/sites/registry.ts'
import { createAuditLog, auditSigner } from '../../../../server/audit/log.ts'
import type { ProviderEvent, SmsPorts } from '../../../../sms/index.ts'
import { takeEvent } from '../../../../sms/events.ts'
import { createSendingParts, type SendingParts } from '../../../../sms/parts.ts'
import type { Program, ProgramSettings } from '../../../../sms/program.ts'
import { createMemoryProvider, type MemoryProvider } from '../../../../sms/providers/memory.ts'
import type { Subject } from '../../../../sms/store/subjects.ts'
import type { StoredProgram } from '../../../../sms/store/programs.ts'
import type { NewSender, Sender } from '../../../../sms/store/senders.ts'
import type { MessageTable } from '../../../../sms/store/tables.ts'
import { createWorker, type Worker } from '../../../../sms/worker.ts'
import { numberOf, smsScene, type SmsScene } from '../store/opened.ts'
import { CONSENT, PROGRAM, SETTINGS } from './program.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const MINUTE = 60_000

const SENDER: Omit<NewSender, 'number'> = {
  class: 'regular',
  features: ['SmsSender'],
  campaign: 'Confirmed',
  useCases: ['Marketing'],
  confirmationBy: 'self',
  prices: { segment: 7_900, surcharge: 3_000 },
}

/** Of New York, where it is ten in the morning when the scene begins. */
export const numberAt = (index: number): string => `+1212555${String(1_000 + index)}`
export const SENDER_NUMBER = '+12015550100'
export const TEXT = 'Two lattes for one today.\nReply STOP to opt out.'

export interface Rig extends SmsScene {
  readonly parts: SendingParts
  readonly provider: MemoryProvider
  readonly worker: Worker
  readonly sender: Sender
  readonly program: StoredProgram
  /** What was raised, in its order. */
  readonly raised: string[]
  addSender(number: string, changes?: Partial<NewSender>): Promise<Sender>
  addProgram(
    changes?: Partial<Program>,
    settings?: Partial<ProgramSettings>,
    sender?: Sender,
  ): Promise<StoredProgram>
  signUp(number: string, program?: StoredProgram, isImported?: boolean): Promise<Subject>
  queue(subject: Subject, text?: string, more?: Partial<Queued>): Promise<string>
  row(id: string): Promise<MessageTable>
  rows(purpose?: MessageTable['purpose']): Promise<MessageTable[]>
  /** Somebody writes to the sender. */
  write(from: string, text: string, more?: { id?: string; at?: number; to?: string }): Promise<string>
  take(event: ProviderEvent): Promise<string>
  /** Rounds until nothing more is done. */
  settle(): Promise<void>
  /** What one handset got. */
  handset(number: string): string[]
}

interface Queued {
  program: StoredProgram
  dueAt: number
  expiresAt: number
  isApproved: boolean
}

/** The whole module over a real store, with a provider that keeps what handsets got. */
export async function rig(ports: Partial<SmsPorts> = {}): Promise<Rig> {
  const scene = await smsScene()
  // Ten in the morning in New York.
  scene.clock.pass(5 * HOUR)
  const { store, clock, keys } = scene
  const raised: string[] = []
  const audit = createAuditLog({ store, clock, signer: auditSigner(keys.lasting) })
  let provider: MemoryProvider | undefined
  const parts = createSendingParts(
    {
      ...scene,
      store,
      audit,
      alarm: { raise: (what) => void raised.push(what) },
      log: { info: () => undefined, warn: () => undefined, error: (...said) => void raised.push(said[1]) },
      ...ports,
    },
    (tokens) => (provider = createMemoryProvider(tokens, clock)),
  )
  const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
  const addSender: Rig['addSender'] = (number, changes) =>
    store.transaction((transaction) =>
      parts.senders.add(transaction, { ...SENDER, number: numberOf(number), ...changes }),
    )
  const sender = await addSender(SENDER_NUMBER)
  const addProgram: Rig['addProgram'] = (changes, settings, of = sender) =>
    store.transaction((transaction) =>
      parts.programs.add(transaction, {
        siteId: site.id,
        senderId: of.id,
        program: { ...PROGRAM, ...changes },
        settings: { ...SETTINGS, ...settings },
      }),
    )
  const program = await addProgram()
  const worker = createWorker(parts)
  let written = 0
  const take: Rig['take'] = (event) => takeEvent(parts, event)
  return {
    ...scene,
    parts,
    provider: provider as unknown as MemoryProvider,
    worker,
    sender,
    program,
    raised,
    addSender,
    addProgram,
    signUp: (number, of = program, isImported = false) =>
      parts.store.transaction(async (transaction) => {
        const subject = await parts.subjects.findOrMake(transaction, numberOf(number))
        await parts.recorder.consent(transaction, subject, of, {
          consent: CONSENT,
          evidence: { at: clock.now(), actor: 'subject', method: 'web-form', payload: {} },
          isImported,
        })
        return subject
      }),
    queue: async (subject, text = TEXT, more = {}) => {
      const { program: of = program, dueAt = clock.now(), expiresAt = dueAt + DAY, isApproved = false } = more
      const row = await parts.store.transaction((transaction) =>
        parts.messages.add(transaction, {
          subject,
          senderId: of.senderId,
          programId: of.id,
          purpose: 'program',
          text,
          isAutomated: true,
          isApproved,
          dueAt,
          expiresAt,
        }),
      )
      return row?.id ?? ''
    },
    row: async (id) => {
      const row = await parts.messages.byId(store.db, id)
      expect(row, id).toBeDefined()
      return row as MessageTable
    },
    rows: (purpose) => {
      const all = store.db.selectFrom('sms_message').selectAll().orderBy('seq')
      return (purpose === undefined ? all : all.where('purpose', '=', purpose)).execute()
    },
    take,
    write: (from, text, { id = `in-${++written}`, at = clock.now(), to = SENDER_NUMBER } = {}) =>
      take({ what: 'inbound', uuid: `u-${id}`, id, from: numberOf(from), to: numberOf(to), text, at }),
    settle: async () => {
      for (let rounds = 0; rounds < 100; rounds++) if ((await worker.round()) === 0) return
      throw new Error('it does not come to rest')
    },
    handset: (number) => (provider?.received ?? []).filter((one) => one.to === number).map((one) => one.text),
  }
}
