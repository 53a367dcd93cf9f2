import type { Request } from 'express'
import {
  isKnown,
  preferencesOf,
  signUp,
  stopByPage,
  wordingsInForce,
  type SmsParts,
} from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'
import type { LastingKey } from '../../store/data-keys.ts'
import { createFormTokens } from './form-token.ts'
import type { OptInProgram } from './opt-in.ts'
import type { PhonePagesParts } from './route.ts'
import { createSubjectLinks } from './subject-link.ts'

/** What the pages for people with phones do, made of the module. */
export function openPhonePages(parts: {
  readonly sms: SmsParts
  readonly lasting: LastingKey
  readonly publicUrl: string
  networkWait(request: Request): number
}): PhonePagesParts {
  const { sms, lasting, publicUrl, networkWait } = parts
  const { store, programs, subjects, clock } = sms

  async function program(id: string): Promise<OptInProgram | undefined> {
    const stored = await programs.byId(store.db, id)
    if (!stored || stored.endedAt !== undefined) return undefined
    const { name, seller, language, confirmWithin } = stored.program
    const { contact, terms, privacy } = stored.settings
    const disclosures = await wordingsInForce(store.db, stored)
    return {
      id,
      name,
      seller,
      contact,
      terms,
      privacy,
      language,
      confirms: confirmWithin !== 'off',
      disclosures,
    }
  }

  return {
    publicUrl,
    clock,
    tokens: createFormTokens(lasting),
    links: createSubjectLinks(lasting),
    networkWait,
    program,
    optIn: async (shown, number, consent) => {
      const { hash, shownAt, page } = shown
      await store.transaction(async (transaction) => {
        const stored = await programs.byId(transaction, shown.program)
        if (!stored) throw new UserError('There is no such program any more.', 404)
        const payload = { shown: { hash, page, at: new Date(shownAt).toISOString() } }
        await signUp(transaction, sms, stored, { number, consent, payload })
      })
    },
    subscriptions: async (subjectId) => {
      const subject = await subjects.byId(store.db, subjectId)
      if (!subject || !isKnown(subject)) return undefined
      const preferences = await preferencesOf(store.db, sms, subject)
      return {
        number: subject.number.toString(),
        programs: preferences.map(({ program: { id, program: of, settings }, isOn }) => ({
          id,
          name: of.name,
          isOn,
          responsible: { seller: of.seller, contact: settings.contact },
        })),
      }
    },
    optOut: async (subjectId, programId) => {
      if (await stopByPage(sms, subjectId, programId)) return
      throw new UserError('There are no such messages to stop: open the page again.', 404)
    },
  }
}
