import { readFileSync } from 'node:fs'
import path from 'node:path'
import express, { Router, type Request, type Response } from 'express'
import type { PhoneNumber } from '../../../sms/index.ts'
import type { WrittenConsent } from '../../../schema/sms.ts'
import type { Clock } from '../../clock.ts'
import { lookUp, wantedLanguages } from '../../consent/policy/language.ts'
import { UserError } from '../../errors.ts'
import { fill } from '../../http/fill.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { projectRoot } from '../../project-root.ts'
import { PAGE_LANGUAGES, PAGE_TEXTS, type FormFault, type PageLanguage } from '../text/texts.ts'
import type { FormTokens, ShownForm } from './form-token.ts'
import { languagesOf, readForm, shownNow, type OptInProgram, type SentForm } from './opt-in.ts'
import { optInPage, takenPage } from './opt-in-page.ts'
import { preferencesPage, type Subscription } from './preferences-page.ts'
import type { SubjectLinks } from './subject-link.ts'

export interface PhonePagesParts {
  /** Where the product is reached, `https://example.com/_s`. */
  readonly publicUrl: string
  readonly clock: Pick<Clock, 'now'>
  readonly tokens: FormTokens
  readonly links: Pick<SubjectLinks, 'subjectOf'>
  program(id: string): Promise<OptInProgram | undefined>
  /** Takes a consent. What became of it is told to nobody who sent the form: they may not be who holds the phone. */
  optIn(shown: ShownForm, number: PhoneNumber, consent: WrittenConsent): Promise<void>
  /** Counts a form by the network it came from. 0: go on; else the seconds after which to try again. */
  networkWait(request: Request): number
  /** Undefined for a subject that is not known or was erased. */
  subscriptions(subjectId: string): Promise<{ number: string; programs: readonly Subscription[] } | undefined>
  /** Ends messages of a program; of all where none is named. */
  optOut(subjectId: string, programId?: string): Promise<void>
}

/** Room for the form's few fields. */
const MAX_FORM = '8kb'

/**
 * What people with phones open, without an account: `GET /sms/opt-in/<program>` and `POST /sms/opt-in`, as a form or as
 * JSON; `GET` and `POST /sms/preferences/<token>`.
 */
export function createPhonePagesRouter(parts: PhonePagesParts): Router {
  const style = ['schema/look.css', 'server/http/pages.css', 'server/sms/pages/phone-pages.css']
    .map((file) => readFileSync(path.join(projectRoot, file), 'utf8'))
    .join('\n')
  const router = Router()

  router.get('/sms/pages.css', (_request, response) => {
    response.set({ 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' })
    response.send(style)
  })

  router.get('/sms/opt-in/:program', async (request, response) => {
    const program = known(await parts.program(request.params.program))
    const language = languageFor(request, languagesOf(program), program.language)
    if (request.query['taken'] !== undefined) {
      const { confirms } = program
      sendPage(response, 200, takenPage({ program, confirms, language, style: '../pages.css' }))
      return
    }
    if (request.accepts(['html', 'json']) === 'json') {
      response.set('cache-control', 'no-store').json(formAsJson(program, language))
      return
    }
    sendPage(response, 200, formPage(program, language, { up: '../', faults: [] }))
  })

  router.post(
    '/sms/opt-in',
    sameOriginOnly,
    express.urlencoded({ extended: false, limit: MAX_FORM }),
    express.json({ limit: MAX_FORM }),
    async (request, response) => {
      const isJson = request.is('application/json') !== false
      const sent = readSent(request)
      const shown = parts.tokens.read(sent.form)
      const program = shown && (await parts.program(shown.program))
      const read = readForm(sent, parts.tokens, () => program, parts.clock.now())
      const seconds = parts.networkWait(request)
      const faults: readonly FormFault[] = seconds > 0 ? ['too-many'] : 'faults' in read ? read.faults : []
      if (seconds > 0) response.set('retry-after', String(seconds))
      if (!program || !shown) {
        // A form that nobody signed names no program to show a form of.
        throw new UserError(PAGE_TEXTS.en.signUp.faults['form-unknown'], 422)
      }
      const language = shown.locale as PageLanguage
      if (faults.length > 0 || 'faults' in read) {
        const status = seconds > 0 ? 429 : 422
        if (isJson) response.status(status).json(faultsAsJson(faults, language, seconds))
        else {
          sendPage(
            response,
            status,
            formPage(program, language, { up: '', faults, typed: sent.number, seconds }),
          )
        }
        return
      }
      await parts.optIn(shown, read.number, read.consent)
      const { taken, takenAtOnce } = PAGE_TEXTS[language].signUp
      const message = fill(program.confirms ? taken : takenAtOnce, { program: program.name })
      response.set('cache-control', 'no-store')
      if (isJson) response.status(202).json({ taken: true, message })
      else
        response
          .status(303)
          .location(`opt-in/${encodeURIComponent(program.id)}?taken&language=${language}`)
          .end()
    },
  )

  router.get('/sms/preferences/:token', (request, response) => showPreferences(request, response, false))
  router.post(
    '/sms/preferences/:token',
    express.urlencoded({ extended: false, limit: MAX_FORM }),
    async (request, response) => {
      const subjectId = subjectOf(request)
      const stop = fieldOf(request, 'stop')
      // What a mail program sends for somebody's one click (RFC 8058) names nothing: then all of it ends.
      await parts.optOut(subjectId, stop === '' || stop === 'all' ? undefined : stop)
      await showPreferences(request, response, true)
    },
  )
  router.all('/sms/opt-in/:program', (request, response) => refuseMethod(request, response, 'GET'))
  router.all('/sms/opt-in', (request, response) => refuseMethod(request, response, 'POST'))
  router.all('/sms/preferences/:token', (request, response) => refuseMethod(request, response, 'GET, POST'))
  return router

  function formPage(
    program: OptInProgram,
    language: PageLanguage,
    sent: { up: '' | '../'; faults: readonly FormFault[]; typed?: string; seconds?: number },
  ): string {
    const { up, ...rest } = sent
    const { disclosure, token } = newForm(program, language)
    const here = up === '' ? `opt-in/${encodeURIComponent(program.id)}` : ''
    return optInPage({
      program,
      confirms: program.confirms,
      language,
      others: languagesOf(program).map((one) => [one, `${here}?language=${one}`] as const),
      disclosure,
      token,
      style: `${up}pages.css`,
      action: `${up}opt-in`,
      ...rest,
    })
  }

  function newForm(
    program: OptInProgram,
    language: PageLanguage,
  ): { disclosure: { version: string; text: string }; token: string } {
    const page = `${parts.publicUrl}/sms/opt-in/${encodeURIComponent(program.id)}?language=${language}`
    const { shown, disclosure } = shownNow(program, language, page, parts.clock.now())
    return { disclosure, token: parts.tokens.issue(shown) }
  }

  /** For whoever shows a form of their own: the text that has to stand beside the box, and what to send with it. */
  function formAsJson(program: OptInProgram, language: PageLanguage): object {
    const { disclosure, token } = newForm(program, language)
    const { id, name, seller, contact, terms, privacy } = program
    return {
      program: { id, name, seller, contact, terms, privacy },
      language,
      languages: languagesOf(program),
      disclosure,
      form: token,
    }
  }

  async function showPreferences(request: Request, response: Response, isSaved: boolean): Promise<void> {
    const theirs = await parts.subscriptions(subjectOf(request))
    if (!theirs) throw noSuchLink()
    const language = languageFor(request, PAGE_LANGUAGES, 'en')
    const page = preferencesPage({
      language,
      others: PAGE_LANGUAGES.map((one) => [one, `?language=${one}`] as const),
      style: '../pages.css',
      action: `?language=${language}`,
      number: theirs.number,
      subscriptions: theirs.programs,
      isSaved,
    })
    sendPage(response, 200, page)
  }

  function subjectOf(request: Request): string {
    const { token } = request.params
    const subjectId = parts.links.subjectOf(typeof token === 'string' ? token : '')
    if (subjectId === undefined) throw noSuchLink()
    return subjectId
  }
}

function readSent(request: Request): SentForm {
  const agree = fieldOf(request, 'agree')
  return {
    form: fieldOf(request, 'form'),
    number: fieldOf(request, 'number'),
    isAgreed: agree === 'yes' || (request.body as { agree?: unknown } | undefined)?.agree === true,
  }
}

/** The text of a field; empty where there is none, or several. */
function fieldOf({ body }: Request, field: string): string {
  const fields: unknown = body
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, field)) return ''
  const value = (fields as Record<string, unknown>)[field]
  return typeof value === 'string' ? value : ''
}

function faultsAsJson(faults: readonly FormFault[], language: PageLanguage, seconds: number): object {
  const texts = PAGE_TEXTS[language].signUp.faults
  const sentences = faults.map((fault) => fill(texts[fault], { seconds: String(seconds) }))
  return { error: sentences.join(' '), faults }
}

/** The language asked for by name, then those of the browser. */
function languageFor(
  { query, headers }: Request,
  there: readonly PageLanguage[],
  otherwise: PageLanguage,
): PageLanguage {
  const named = typeof query['language'] === 'string' ? wantedLanguages(query['language']) : []
  const wanted = [...named, ...wantedLanguages(headers['accept-language'] ?? ''), otherwise]
  return (lookUp(wanted, there) ?? otherwise) as PageLanguage
}

function sendPage(response: Response, status: number, page: string): void {
  response.status(status).set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // With no-referrer a browser sends `Origin: null` with the form, and nobody could tell where it came from.
    'referrer-policy': 'same-origin',
    vary: 'accept-language, accept',
  })
  response.send(page)
}

function known(program: OptInProgram | undefined): OptInProgram {
  if (!program)
    throw new UserError('There is no program of this name to sign up for: check the address.', 404)
  return program
}

function noSuchLink(): UserError {
  return new UserError('This link leads to no messages: use the one in a message, or answer STOP to it.', 404)
}

function refuseMethod(request: Request, response: Response, allowed: string): void {
  response.set('allow', allowed)
  throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
}
