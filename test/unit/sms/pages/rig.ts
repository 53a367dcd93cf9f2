import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { onTestFinished } from 'vitest'
import type { WrittenConsent } from '../../../../schema/sms.ts'
import { UserError } from '../../../../server/errors.ts'
import { securityHeaders } from '../../../../server/http/security.ts'
import { createFormTokens } from '../../../../server/sms/pages/form-token.ts'
import type { OptInProgram } from '../../../../server/sms/pages/opt-in.ts'
import type { Subscription } from '../../../../server/sms/pages/preferences-page.ts'
import { createPhonePagesRouter } from '../../../../server/sms/pages/route.ts'
import { createSubjectLinks } from '../../../../server/sms/pages/subject-link.ts'
import { PAGE_LANGUAGES } from '../../../../server/sms/text/texts.ts'
import { writeDisclosure } from '../../../../sms/disclosure.ts'

const LASTING = { key: Buffer.alloc(32, 7), isLasting: true } as const
export const NOW = Date.UTC(2026, 10, 24, 10)
export const NUMBER = '+12015550123'

export const FACTS = {
  name: 'Lantern Deals',
  seller: 'Lantern Coffee LLC',
  kind: 'marketing',
  frequency: { most: 4, days: 30 },
  terms: 'https://lantern.example/terms',
  privacy: 'https://lantern.example/privacy',
} as const

export const PROGRAM: OptInProgram = {
  ...FACTS,
  id: 'deals',
  contact: 'help@lantern.example',
  language: 'en',
  confirms: true,
  disclosures: Object.fromEntries(
    PAGE_LANGUAGES.map((language) => [
      language,
      { version: '2026-11-01', text: writeDisclosure(FACTS, language) },
    ]),
  ),
}

/** The pages on a server of their own; what they would do is written down. */
export interface Rig {
  readonly url: string
  now: number
  program: OptInProgram
  /** What the next forms are told to wait. */
  seconds: number
  readonly consents: { program: string; number: string; consent: WrittenConsent }[]
  readonly stopped: { subject: string; program: string }[]
  subscriptions: Subscription[]
  /** Path of the preferences page of the subject `s1`. */
  readonly preferences: string
}

export async function startRig(): Promise<Rig> {
  const app = express()
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const links = createSubjectLinks(LASTING)
  const rig: Rig = {
    url,
    now: NOW,
    program: PROGRAM,
    seconds: 0,
    consents: [],
    stopped: [],
    subscriptions: [
      { id: 'deals', name: 'Lantern Deals', isOn: true, responsible: PROGRAM },
      { id: 'orders', name: 'Lantern Orders', isOn: true, responsible: PROGRAM },
    ],
    preferences: `/sms/preferences/${links.tokenOf('s1')}`,
  }
  app.use(securityHeaders({ https: false }))
  app.use(
    createPhonePagesRouter({
      publicUrl: 'https://sms.example',
      clock: { now: () => rig.now },
      tokens: createFormTokens(LASTING),
      links,
      program: async (id) => (id === rig.program.id ? rig.program : undefined),
      optIn: async ({ program }, number, consent) => {
        rig.consents.push({ program, number: number.reveal(), consent })
      },
      networkWait: () => rig.seconds,
      subscriptions: async (subject) =>
        subject === 's1' ? { number: '+1••••••0123', programs: rig.subscriptions } : undefined,
      optOut: async (subject, program = 'all') => {
        rig.stopped.push({ subject, program })
        rig.subscriptions = rig.subscriptions.map((one) =>
          program === 'all' || one.id === program ? { ...one, isOn: false } : one,
        )
      },
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof UserError) response.status(error.status).json({ error: error.message })
    else next(error)
  })
  return rig
}

/** What a form brings with it: a JSON answer tells the same. */
export async function newForm(rig: Rig, language = 'en'): Promise<{ form: string; disclosure: string }> {
  const answer = await fetch(`${rig.url}/sms/opt-in/deals?language=${language}`, {
    headers: { accept: 'application/json' },
  })
  const { form, disclosure } = (await answer.json()) as { form: string; disclosure: { text: string } }
  return { form, disclosure: disclosure.text }
}

export function post(rig: Rig, fields: Record<string, string>, headers = {}): Promise<globalThis.Response> {
  return fetch(`${rig.url}/sms/opt-in`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(fields),
  })
}
