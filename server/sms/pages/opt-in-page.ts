import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { PAGE_TEXTS, type FormFault, type PageLanguage } from '../text/texts.ts'
import { renderPhonePage, type PhonePage, type Responsible } from './page.ts'

/** A form to sign up for a program, as it is shown. */
export interface OptInPage {
  readonly program: Responsible & { readonly name: string }
  /** Whether the number is asked to confirm. */
  readonly confirms: boolean
  readonly language: PageLanguage
  readonly others: PhonePage['others']
  /** The text that is agreed to, word for word, in this language. */
  readonly disclosure: { readonly text: string; readonly version: string }
  /** What says which text was shown (form-token.ts). */
  readonly token: string
  readonly style: string
  /** Where the form is sent, relative. */
  readonly action: string
  /** What was typed before and was not taken. */
  readonly typed?: string
  readonly faults: readonly FormFault[]
  /** After which the network may send again. */
  readonly seconds?: number
}

const OF_BOX: readonly FormFault[] = ['box-empty']
const OF_FORM: readonly FormFault[] = ['form-old', 'form-unknown', 'too-many']

/** `GET /sms/opt-in/<program>`, and the answer to what was sent incomplete. Needs no JavaScript. */
export function optInPage(page: OptInPage): string {
  const { program, language, faults } = page
  const texts = PAGE_TEXTS[language].signUp
  const title = fill(texts.title, { program: program.name })
  return renderPhonePage({
    language,
    others: page.others,
    style: page.style,
    // Whoever hears the page is told first that it was not taken.
    title: faults.length > 0 ? `${texts.fault}: ${title}` : title,
    responsible: [program],
    version: page.disclosure.version,
    content: html`<h1>${title}</h1>
      ${faults.length > 0 && summary(page)}
      <p class="lead">${fill(texts.lead, { seller: program.seller })}</p>
      ${form(page)}`,
  })
}

/** What everybody reads who has sent the form whole. */
export function takenPage(page: Pick<OptInPage, 'program' | 'confirms' | 'language' | 'style'>): string {
  const { program, confirms, language, style } = page
  const texts = PAGE_TEXTS[language].signUp
  return renderPhonePage({
    language,
    others: [],
    style,
    title: texts.takenTitle,
    responsible: [program],
    content: html`<h1>${texts.takenTitle}</h1>
      <p class="status" role="status">
        ${fill(confirms ? texts.taken : texts.takenAtOnce, { program: program.name })}
      </p>`,
  })
}

function summary({ language, faults, seconds = 0 }: OptInPage): Markup {
  const texts = PAGE_TEXTS[language].signUp
  return html`<div class="status fault" role="alert">
    <p><strong>${texts.fault}</strong></p>
    <ul>
      ${faults.map((fault) => {
        const sentence = fill(texts.faults[fault], { seconds: String(seconds) })
        return OF_FORM.includes(fault)
          ? html`<li>${sentence}</li>`
          : html`<li><a href="#${fieldOf(fault)}">${sentence}</a></li>`
      })}
      ${!faults.includes('box-empty') && html`<li><a href="#agree">${texts.tickAgain}</a></li>`}
    </ul>
  </div>`
}

function form({ language, disclosure, token, action, typed = '', faults, confirms }: OptInPage): Markup {
  const texts = PAGE_TEXTS[language].signUp
  const ofNumber = faults.find((fault) => !OF_BOX.includes(fault) && !OF_FORM.includes(fault))
  const ofBox = faults.find((fault) => OF_BOX.includes(fault))
  return html`<form method="post" action="${action}" novalidate>
    <input type="hidden" name="form" value="${token}" />
    <div class="field">
      <label for="number">${texts.number}</label>
      <input
        id="number"
        name="number"
        type="tel"
        autocomplete="tel"
        inputmode="tel"
        maxlength="64"
        required
        value="${typed}"
        aria-describedby="number-hint${ofNumber === undefined ? '' : ' number-fault'}"
        ${ofNumber !== undefined && html`aria-invalid="true"`}
      />
      <p class="quiet" id="number-hint">${texts.numberHint}</p>
      ${ofNumber !== undefined && html`<p class="fault" id="number-fault">${texts.faults[ofNumber]}</p>`}
    </div>
    <div class="field">
      <label class="agree">
        <input
          id="agree"
          name="agree"
          type="checkbox"
          value="yes"
          required
          aria-describedby="separate${ofBox === undefined ? '' : ' agree-fault'}"
          ${ofBox !== undefined && html`aria-invalid="true"`}
        />
        <span>${disclosure.text}</span>
      </label>
      ${ofBox !== undefined && html`<p class="fault" id="agree-fault">${texts.faults[ofBox]}</p>`}
      <p class="quiet" id="separate">${texts.separate}</p>
    </div>
    ${confirms && html`<p>${texts.confirmFirst}</p>`}
    <div class="buttons one"><button>${texts.button}</button></div>
  </form>`
}

function fieldOf(fault: FormFault): 'number' | 'agree' {
  return OF_BOX.includes(fault) ? 'agree' : 'number'
}
