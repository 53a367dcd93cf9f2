import { html, type Markup } from '../http/html.ts'
import { fill } from '../http/fill.ts'
import { MAIL_PAGE_LANGUAGES, MAIL_PAGE_TEXTS, type MailPageLanguage } from './page-text.ts'

/** What a page is about. `nothing` and `link` are for addresses that were not made here. */
export type MailPage = PageOfSite | { readonly kind: 'nothing' | 'link' }

interface PageOfSite {
  readonly kind: 'ask' | 'done'
  readonly site: string
  readonly controller: Controller
}

export interface Controller {
  readonly name: string
  /** An address on the web or of e-mail. */
  readonly contact: string
}

/** A whole document, without scripts; links are relative, so that it works under any path that a proxy serves it at. */
export function mailPage(page: MailPage, language: MailPageLanguage): string {
  const texts = MAIL_PAGE_TEXTS[language]
  const title = texts[TITLE[page.kind]]
  return html`<!doctype html>
    <html lang="${language}" class="sluice-look">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="../privacy/pages.css" />
      </head>
      <body>
        <main>
          <header>
            ${'site' in page && html`<p class="site"><bdi>${page.site}</bdi></p>`}
            <h1>${title}</h1>
          </header>
          ${content(page, language)}
          <footer>
            ${'controller' in page && contactLine(texts.contact, page.controller)}
            <nav aria-label="${texts.languages}">
              <ul>
                ${MAIL_PAGE_LANGUAGES.map((one) => languageLink(one, language))}
              </ul>
            </nav>
          </footer>
        </main>
      </body>
    </html> `.text
}

const TITLE = { ask: 'title', done: 'doneTitle', nothing: 'nothingTitle', link: 'linkTitle' } as const

function content(page: MailPage, language: MailPageLanguage): Markup {
  const texts = MAIL_PAGE_TEXTS[language]
  if (!('site' in page)) return html`<p class="lead">${texts[page.kind]}</p>`
  const { kind, site } = page
  if (kind === 'done') return html`<p class="lead" role="status">${fill(texts.done, { site })}</p>`
  // The form is sent to the page's own address: it has no name of its own.
  return html`<p class="lead">${fill(texts.lead, { site })}</p>
    <p>${texts.keeps}</p>
    <form method="post" action="?language=${language}">
      <div class="buttons one"><button name="stop" value="counting">${texts.button}</button></div>
    </form>`
}

function contactLine(text: string, { name, contact }: Controller): Markup {
  const href = contact.startsWith('https://') ? contact : `mailto:${contact}`
  return html`<p>
    ${fill(text, { controller: name })} <a href="${href}"><bdi>${contact}</bdi></a>
  </p>`
}

function languageLink(one: MailPageLanguage, current: MailPageLanguage): Markup {
  const name = new Intl.DisplayNames(one, { type: 'language' }).of(one) ?? one
  return html`<li>
    ${
      one === current
        ? html`<span lang="${one}" aria-current="true">${name}</span>`
        : html`<a lang="${one}" hreflang="${one}" href="?language=${one}">${name}</a>`
    }
  </li>`
}
