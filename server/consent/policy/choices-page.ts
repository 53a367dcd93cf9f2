import type { OptionalCategory } from '../../../schema/consent.ts'
import type { ConsentNotice, NoticeCategory, PolicyVersion } from '../../../schema/policy.ts'
import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { countOf } from './lifetime.ts'
import { dayIn, renderPage } from './page.ts'

/** A choice as the page shows it. */
export interface CurrentChoice {
  granted: readonly OptionalCategory[]
  /** UTC days, `2026-11-24`. */
  day: string
  until: string
}

/** How the visitor came to see the page: by itself, after saving, or because the policy had changed meanwhile. */
export type ChoicesState = 'open' | 'saved' | 'changed'

export interface ChoicesPage {
  notice: ConsentNotice
  version: PolicyVersion
  /** undefined: nothing has been chosen, or the choice is over. */
  choice: CurrentChoice | undefined
  /** Whether the page is on the site's own host: only there can it see and set the choice. */
  isFirstParty: boolean
  /** Whether the browser sends Global Privacy Control. */
  gpc: boolean
  state: ChoicesState
}

/** `GET /privacy/choices`: the choice by category as a form that needs no JavaScript. */
export function choicesPage(page: ChoicesPage): string {
  const { notice, version } = page
  const { texts } = notice
  // A browser that keeps no cookies brings no choice back: then nothing is saved, whatever the address says.
  const said =
    page.state === 'saved' && page.choice
      ? texts.saved
      : page.state === 'changed'
        ? texts.pages.changed
        : undefined
  return renderPage({
    notice,
    version,
    title: texts.pages.choicesTitle,
    content: html`${said !== undefined && html`<p class="status" role="status">${said}</p>`}
      ${page.isFirstParty ? choiceForm(page) : elsewhere(notice)}
      <p><a href="cookies?${address(notice)}">${texts.declarationLink}</a></p> `,
  })
}

/** Elsewhere no form is shown: what it sent would change nothing. */
function elsewhere({ texts, site }: ConsentNotice): Markup {
  return html`<p class="status">${fill(texts.pages.elsewhere, { site, reopen: texts.reopen })}</p>
    <p>
      <a href="https://${site}/"><bdi>${site}</bdi></a>
    </p> `
}

function choiceForm({ notice, choice, gpc }: ChoicesPage): Markup {
  const { texts, language, controller, choiceDays, categories, appearance } = notice
  const days = countOf(choiceDays, 'day', language)
  // The first button is the one that the Enter key presses: it saves what is ticked and nothing else.
  const save = html`<button name="choice" value="save">${texts.save}</button>`
  const accept = html`<button name="choice" value="accept">${texts.acceptAll}</button>`
  const reject = html`<button name="choice" value="reject">${texts.rejectAll}</button>`
  const object = html`<button name="choice" value="object">${texts.object}</button>`
  return html`<p class="lead">${fill(texts.pages.choicesIntro, { controller: controller.name, days })}</p>
    ${gpc && html`<p class="status">${texts.gpcHonoured}</p>`}
    <p>
      ${choice ? fill(texts.pages.decided, { day: dayIn(language, choice.day), until: dayIn(language, choice.until) }) : texts.pages.undecided}
    </p>
    <form method="post" action="choices?${address(notice)}">
      <input type="hidden" name="revision" value="${notice.revision}" />
      <input type="hidden" name="notice" value="${notice.hash}" />
      ${categories.map((category) => categoryChoice(notice, category, choice))}
      <div class="buttons">
        ${save}${appearance.order === 'accept-first' ? [accept, reject] : [reject, accept]}
      </div>
      ${
        notice.anonymous &&
        html`<p>${texts.anonymous}</p>
          <div class="buttons one">${object}</div>`
      }
    </form>
    <p class="quiet">${texts.pages.limits}</p> `
}

function categoryChoice(
  { texts }: ConsentNotice,
  { id, services }: NoticeCategory,
  choice: CurrentChoice | undefined,
): Markup {
  const { title, description } = texts.categories[id]
  return html`<fieldset>
    <legend>${title}</legend>
    <p>${description}</p>
    <p class="quiet">${services.map(({ name }, index) => html`${index > 0 && ' · '}<bdi>${name}</bdi>`)}</p>
    ${
      id === 'essential'
        ? html`<p><strong>${texts.alwaysOn}</strong></p>`
        : // Nothing is ticked before somebody chose (CJEU C-673/17, Planet49).
          html`<label
            ><input
              type="checkbox"
              name="allow"
              value="${id}"
              ${choice?.granted.includes(id) === true && html` checked`}
            />
            ${texts.pages.allow} <span class="hidden">${title}</span></label
          >`
    }
  </fieldset> `
}

function address({ site, language }: ConsentNotice): string {
  return new URLSearchParams({ site, language }).toString()
}

/** What the form says. */
export interface ChoiceForm {
  granted: OptionalCategory[]
  action: 'accept_all' | 'reject_all' | 'custom' | 'object'
  revision: number
  /** Hash of the notice that was shown. */
  notice: string
}

/**
 * Reads the fields of the form (application/x-www-form-urlencoded); undefined for what the form cannot have sent.
 * `offered` are the categories there are to choose among.
 */
export function parseChoiceForm(body: string, offered: readonly OptionalCategory[]): ChoiceForm | undefined {
  const fields = new URLSearchParams(body)
  const revision = Number(fields.get('revision'))
  const notice = fields.get('notice') ?? ''
  const allowed = fields.getAll('allow')
  if (!Number.isSafeInteger(revision) || revision < 1 || !/^[\w-]{43}$/.test(notice)) return undefined
  if (!allowed.every((name) => (offered as readonly string[]).includes(name))) return undefined
  const choice = fields.get('choice')
  if (choice === 'accept') return { action: 'accept_all', granted: [...offered], revision, notice }
  if (choice === 'reject') return { action: 'reject_all', granted: [], revision, notice }
  if (choice === 'object') return { action: 'object', granted: [], revision, notice }
  if (choice !== 'save') return undefined
  return { action: 'custom', granted: offered.filter((one) => allowed.includes(one)), revision, notice }
}
