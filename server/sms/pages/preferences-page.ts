import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { PAGE_TEXTS, type PageLanguage } from '../text/texts.ts'
import { renderPhonePage, type PhonePage, type Responsible } from './page.ts'

/** How a number stands to a program, as its owner sees it. */
export interface Subscription {
  /** Id of the program. */
  readonly id: string
  readonly name: string
  readonly isOn: boolean
  readonly responsible: Responsible
}

export interface PreferencesPage {
  readonly language: PageLanguage
  readonly others: PhonePage['others']
  readonly style: string
  /** Where the form is sent, relative. */
  readonly action: string
  /** Masked: whoever has the link need not learn the number. */
  readonly number: string
  readonly subscriptions: readonly Subscription[]
  /** Something was stopped just now. */
  readonly isSaved: boolean
}

/** `GET /sms/preferences/<token>`: one press ends messages, without a password and without JavaScript. */
export function preferencesPage(page: PreferencesPage): string {
  const { language, subscriptions } = page
  const texts = PAGE_TEXTS[language].preferences
  const on = subscriptions.filter(({ isOn }) => isOn)
  return renderPhonePage({
    language,
    others: page.others,
    style: page.style,
    title: texts.title,
    responsible: bySeller(subscriptions),
    content: html`<h1>${texts.title}</h1>
      ${page.isSaved && html`<p class="status" role="status">${texts.saved}</p>`}
      <p class="lead">${fill(texts.lead, { number: page.number })}</p>
      ${subscriptions.length === 0 && html`<p>${texts.nothing}</p>`}
      <ul class="plain">
        ${subscriptions.map(({ name, isOn }) => html`<li>${fill(isOn ? texts.receives : texts.stopped, { program: name })}</li>`)}
      </ul>
      ${
        on.length > 0
          ? html`<form method="post" action="${page.action}">
              <div class="buttons one">
                ${stopButton('all', texts.stopAll)}
                ${on.length > 1 && on.map(({ id, name }) => stopButton(id, fill(texts.stopOne, { program: name })))}
              </div>
            </form>`
          : html`<p class="quiet">${texts.back}</p>`
      }`,
  })
}

function stopButton(value: string, label: string): Markup {
  return html`<button name="stop" value="${value}">${label}</button>`
}

/** Each seller once, though it may have several programs. */
function bySeller(subscriptions: readonly Subscription[]): Responsible[] {
  const sellers = new Map<string, Responsible>()
  for (const { responsible } of subscriptions) {
    const { seller, contact } = responsible
    sellers.set(`${seller}\n${contact}`, { seller, contact })
  }
  return [...sellers.values()]
}
