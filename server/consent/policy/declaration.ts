import type { ConsentNotice, NoticeCategory, PolicyVersion } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import { fill } from '../../http/fill.ts'
import { html, type Markup } from '../../http/html.ts'
import { createNotice } from './notice.ts'
import { renderPage } from './page.ts'

/** `GET /privacy/cookies.json`: what is kept on a visitor's device, by whom, for what and how long, in one language. */
export interface Declaration {
  site: string
  revision: number
  /** SHA-256 of the manifest, base64url. */
  policy: string
  language: string
  controller: { name: string; contact: string; address?: string }
  policyUrl?: string
  categories: (NoticeCategory & { title: string; description: string })[]
}

/** The declaration as data, in the best of the wanted languages. */
export function declarationJson(
  site: Pick<Site, 'domain'>,
  version: PolicyVersion,
  language: string | readonly string[],
): Declaration {
  const notice = createNotice(site, version, language, { anonymous: false })
  return {
    site: notice.site,
    revision: version.revision,
    policy: version.hash,
    language: notice.language,
    controller: version.manifest.controller,
    ...(notice.policyUrl !== undefined && { policyUrl: notice.policyUrl }),
    categories: notice.categories.map((category) =>
      Object.assign({}, category, notice.texts.categories[category.id]),
    ),
  }
}

/** The declaration as a page, `GET /privacy/cookies`. */
export function declarationHtml(
  site: Pick<Site, 'domain'>,
  version: PolicyVersion,
  language: string | readonly string[],
): string {
  const notice = createNotice(site, version, language, { anonymous: false })
  const { texts, controller } = notice
  return renderPage({
    notice,
    version,
    title: texts.pages.declarationTitle,
    content: html`<p class="lead">${fill(texts.pages.declarationIntro, { controller: controller.name })}</p>
      ${notice.categories.map((category) => categorySection(notice, category))}`,
  })
}

function categorySection({ texts }: ConsentNotice, { id, services }: NoticeCategory): Markup {
  const { title, description } = texts.categories[id]
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <p>${description}</p>
    ${services.map((service, index) => serviceArticle(texts, service, `${id}-${index}`))}
  </section> `
}

function serviceArticle(
  texts: ConsentNotice['texts'],
  service: NoticeCategory['services'][number],
  id: string,
): Markup {
  const { table, pages } = texts
  return html`<article aria-labelledby="${id}">
    <h3 id="${id}"><bdi>${service.name}</bdi></h3>
    <p>${service.purpose}</p>
    <dl>
      <div>
        <dt>${table.provider}</dt>
        <dd><bdi>${service.provider}</bdi></dd>
      </div>
      ${
        service.hosts.length > 0 &&
        html`<div>
          <dt>${table.hosts}</dt>
          <dd>${service.hosts.map((host) => html`<bdi class="name" dir="ltr">${host}</bdi> `)}</dd>
        </div>`
      }
      ${
        service.retention !== undefined &&
        html`<div>
          <dt>${pages.retention}</dt>
          <dd>${service.retention}</dd>
        </div>`
      }
    </dl>
    ${service.items.length > 0 ? itemTable(texts, service.items, id) : html`<p>${pages.nothingStored}</p>`}
  </article> `
}

/** On narrow screens each row becomes a list; then the headings stand beside the cells, from `data-label`. */
function itemTable(
  { table, kinds }: ConsentNotice['texts'],
  items: NoticeCategory['services'][number]['items'],
  id: string,
): Markup {
  return html`<table aria-labelledby="${id}" role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">${table.name}</th>
        <th role="columnheader" scope="col">${table.kind}</th>
        <th role="columnheader" scope="col">${table.purpose}</th>
        <th role="columnheader" scope="col">${table.lifetime}</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${items.map(
        (item) =>
          html`<tr role="row">
            <th role="rowheader" scope="row"><bdi class="name" dir="ltr">${item.name}</bdi></th>
            <td role="cell" data-label="${table.kind}">${kinds[item.kind]}</td>
            <td role="cell" data-label="${table.purpose}">${item.purpose}</td>
            <td role="cell" data-label="${table.lifetime}">${item.lifetime}</td>
          </tr> `,
      )}
    </tbody>
  </table> `
}
