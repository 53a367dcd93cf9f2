import type { ConsentNotice, PolicyVersion } from '../../../schema/policy.ts'
import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { languagesOf } from './texts.ts'

/** A page of the product for visitors: no scripts, its style from `pages.css` beside it. */
export interface Page {
  notice: ConsentNotice
  version: PolicyVersion
  title: string
  content: Markup
}

/** A whole document. Links are relative, so that it works under any path that a proxy serves the product at. */
export function renderPage({ notice, version, title, content }: Page): string {
  const { language, direction, site, texts } = notice
  const { address } = version.manifest.controller
  return html`<!doctype html>
    <html lang="${language}" dir="${direction}" class="sluice-look">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${site}</title>
        <link rel="stylesheet" href="pages.css" />
      </head>
      <body>
        <main>
          <header>
            <p class="site"><bdi>${site}</bdi></p>
            <h1>${title}</h1>
          </header>
          ${content}
          <footer>
            <p>${contactLine(notice)}</p>
            ${address !== undefined && html`<p><bdi>${address}</bdi></p>`}
            ${notice.policyUrl !== undefined && html`<p><a href="${notice.policyUrl}">${texts.policyLink}</a></p>`}
            <p class="quiet">${revisionLine(notice, version)}</p>
            <nav aria-label="${texts.pages.languages}">
              <ul>
                ${languagesOf(version.manifest).map((one) => languageLink(notice, one))}
              </ul>
            </nav>
          </footer>
        </main>
      </body>
    </html> `.text
}

/** Controller and contact, with a link to reach the latter. */
function contactLine({ texts, controller }: ConsentNotice): Markup {
  const href = controller.contact.startsWith('https://') ? controller.contact : `mailto:${controller.contact}`
  // The text has been filled in; the contact is found in it again to be linked.
  const [before, ...after] = texts.contact.split(controller.contact)
  return html`${before}<a href="${href}"><bdi>${controller.contact}</bdi></a
    >${after.join(controller.contact)}`
}

function revisionLine({ texts, language, revision }: ConsentNotice, { publishedAt }: PolicyVersion): string {
  // The manifest that every site begins with was published by nobody.
  if (publishedAt === 0) return ''
  return fill(texts.pages.revision, {
    revision: new Intl.NumberFormat(language).format(revision),
    day: dayIn(language, publishedAt),
  })
}

function languageLink({ site, language }: ConsentNotice, one: string): Markup {
  const name = new Intl.DisplayNames(one, { type: 'language' }).of(one) ?? one
  const address = `?${new URLSearchParams({ site, language: one }).toString()}`
  return html`<li>
    ${
      one === language
        ? html`<span lang="${one}" aria-current="true">${name}</span>`
        : html`<a lang="${one}" hreflang="${one}" href="${address}">${name}</a>`
    }
  </li>`
}

/** A day in words, `24. November 2026`; milliseconds or `2026-11-24`. */
export function dayIn(language: string, day: number | string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))
}
