import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { PAGE_TEXTS, type PageLanguage } from '../text/texts.ts'

/** Who is responsible for a program, and how to reach them. Named on every page of it (R6.6). */
export interface Responsible {
  readonly seller: string
  /** E-mail address, or an address of a page. */
  readonly contact: string
  /** Addresses of pages. */
  readonly terms?: string
  readonly privacy?: string
}

/** A page for people with phones: no scripts, its style from `pages.css`. */
export interface PhonePage {
  readonly language: PageLanguage
  /** The languages that there are, each with the address of the same page in it, relative. */
  readonly others: readonly (readonly [language: PageLanguage, href: string])[]
  /** Where `pages.css` is, relative: a proxy may serve the product under any path. */
  readonly style: string
  readonly title: string
  readonly content: Markup
  readonly responsible: readonly Responsible[]
  readonly version?: string
}

/** A whole document. */
export function renderPhonePage(page: PhonePage): string {
  const { language, title, style, content, responsible, version } = page
  const texts = PAGE_TEXTS[language]
  return html`<!doctype html>
    <html lang="${language}" class="sluice-look">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="${style}" />
      </head>
      <body>
        <main>
          ${content}
          <footer>
            ${responsible.map((one) => responsibleLines(one, language))}
            ${version !== undefined && html`<p class="quiet">${fill(texts.version, { version })}</p>`}
            <nav aria-label="${texts.languages}">
              <ul>
                ${page.others.map(([one, href]) => languageLink(one, href, one === language))}
              </ul>
            </nav>
          </footer>
        </main>
      </body>
    </html> `.text
}

function responsibleLines({ seller, contact, terms, privacy }: Responsible, language: PageLanguage): Markup {
  const texts = PAGE_TEXTS[language]
  const href = contact.startsWith('https://') ? contact : `mailto:${contact}`
  return html`<p>
      ${fill(texts.controller, { seller })} <a href="${href}"><bdi>${contact}</bdi></a>
    </p>
    ${
      (terms !== undefined || privacy !== undefined) &&
      html`<p>
        ${terms !== undefined && html`<a href="${terms}">${texts.terms}</a>`}
        ${terms !== undefined && privacy !== undefined && ' · '}
        ${privacy !== undefined && html`<a href="${privacy}">${texts.privacy}</a>`}
      </p>`
    }`
}

function languageLink(language: PageLanguage, href: string, isCurrent: boolean): Markup {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  return html`<li>
    ${
      isCurrent
        ? html`<span lang="${language}" aria-current="true">${name}</span>`
        : html`<a lang="${language}" hreflang="${language}" href="${href}">${name}</a>`
    }
  </li>`
}
