import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import type { PublicKey } from '../../../server/chain/signer.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { createProofs, type MakeProof } from '../../../server/sms/proof/make.ts'
import { smsSigner } from '../../../server/sms/ports.ts'
import { createParts, type SmsParts } from '../../../sms/index.ts'
import type { StoredProgram } from '../../../sms/store/programs.ts'
import type { Subject } from '../../../sms/store/subjects.ts'
import type { WrittenConsent } from '../../../schema/sms.ts'
import { COMPLETE } from './consents.ts'
import { numberOf, smsScene, type SmsScene } from './store/opened.ts'

export const NUMBER = '+12015550123'
export const SENDER = '+12015550100'
export const BY = { actor: 'terminal', reason: 'A complaint reached the carrier' } as const

/** The module on a real store, with a sender and a program, and without a provider. */
export interface Life extends SmsScene {
  readonly parts: SmsParts
  readonly program: StoredProgram
  readonly proofs: MakeProof
  readonly publicKey: PublicKey
  /** A program like the first, with another name. */
  another(change: Partial<StoredProgram['program']>): Promise<StoredProgram>
  /** The subject of a number, made where there is none. */
  subject(number?: string): Promise<Subject>
  /** Signs a number up as by a form, and confirms it. */
  signUp(number?: string, program?: StoredProgram): Promise<Subject>
  stop(subject: Subject, text?: string): Promise<void>
}

export async function startLife(change: Partial<StoredProgram['program']> = {}): Promise<Life> {
  const scene = await smsScene()
  const { store, clock, keys } = scene
  const audit = createAuditLog({ store, clock, signer: auditSigner(keys.lasting) })
  const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
  const parts = createParts({
    ...scene,
    store: scene.sms,
    audit,
    alarm: { raise: () => undefined },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  const add = (changed: Partial<StoredProgram['program']>, senderId: string): Promise<StoredProgram> =>
    scene.sms.transaction((transaction) =>
      parts.programs.add(transaction, {
        siteId: site.id,
        senderId,
        program: {
          name: 'Lantern Deals',
          seller: 'Lantern Coffee LLC',
          description: 'Offers of the week for people who signed up on our page.',
          kind: 'marketing',
          useCase: 'Marketing',
          language: 'en',
          domains: ['lantern.example'],
          confirmWithin: 24 * 3_600_000,
          frequency: { most: 4, days: 30 },
          samples: ['Two for one today.', 'A new roast is here.'],
          ...changed,
        },
        settings: {
          stopScope: 'all',
          maxSegments: 4,
          contact: 'help@lantern.example',
          terms: 'https://lantern.example/terms',
          privacy: 'https://lantern.example/privacy',
        },
      }),
    )
  const sender = await scene.sms.transaction((transaction) =>
    parts.senders.add(transaction, {
      number: numberOf(SENDER),
      class: 'high-volume-long-code',
      features: ['A2PSmsSender'],
      campaign: 'Confirmed',
      useCases: ['Marketing'],
      confirmationBy: 'self',
      prices: { segment: 7_900, surcharge: 3_000 },
    }),
  )
  const program = await add(change, sender.id)
  const signer = smsSigner(keys.lasting)
  const subject = (number = NUMBER): Promise<Subject> =>
    scene.sms.transaction((transaction) => parts.subjects.findOrMake(transaction, numberOf(number)))
  return {
    ...scene,
    parts,
    program,
    proofs: createProofs(parts, signer),
    publicKey: signer.publicKey,
    another: (changed) => {
      // Programs are listed as they were made.
      scene.clock.pass(1)
      return add(changed, sender.id)
    },
    subject,
    signUp: async (number = NUMBER, to = program) => {
      const who = await subject(number)
      await scene.sms.transaction(async (transaction) => {
        await parts.recorder.consent(transaction, who, to, {
          consent: consentNow(clock.now()),
          isImported: false,
          evidence: evidenceOf(clock.now(), 'web-form', {}),
        })
        await parts.recorder.answer(
          transaction,
          who,
          to,
          'yes',
          evidenceOf(clock.now(), 'word', { text: 'YES' }),
        )
      })
      return subject(number)
    },
    stop: async (who, text = 'STOP') => {
      await scene.sms.transaction((transaction) =>
        parts.recorder.optOut(transaction, who, [program], 'word', evidenceOf(clock.now(), 'word', { text })),
      )
    },
  }
}

export function consentNow(now: number): WrittenConsent {
  return { ...COMPLETE, collectedAt: new Date(now).toISOString() }
}

function evidenceOf(
  at: number,
  method: string,
  payload: object,
): {
  at: number
  actor: string
  method: string
  payload: object
} {
  return { at, actor: 'subject', method, payload }
}
