import type { PolicyVersion } from '../../../schema/policy.ts'
import { describeFinding, type Finding } from '../policy/finding.ts'
import { html, type Markup } from '../../http/html.ts'
import { languagesOf } from '../policy/texts.ts'
import type { UserError } from '../../errors.ts'
import type { Site } from '../../../schema/site.ts'
import { addressWith, SWITCHES, type SwitchName, type Switches } from './switches.ts'

type Named = Pick<Site, 'domain'>

/** What the switches are called, and their values. */
const WORDS: Record<keyof typeof SWITCHES, { title: string; values: Record<string, string> }> = {
  layer: { title: 'Layer', values: { banner: 'Banner', dialog: 'Dialog' } },
  look: { title: 'Look', values: { system: 'As the system', light: 'Light', dark: 'Dark' } },
  width: {
    title: 'Width',
    values: { wide: 'As wide as it goes', phone: 'Phone, 390 px', narrow: 'Narrow, 320 px' },
  },
  gpc: { title: 'Global Privacy Control', values: { off: 'Not sent', on: 'Sent' } },
  statistics: { title: 'Anonymous statistics', values: { off: 'Off', on: 'On, with the objection' } },
}

export interface FramePage {
  site: Named
  /** Name of the file it comes from; undefined: it is in force. */
  source: string | undefined
  version: PolicyVersion
  findings: readonly Finding[]
  switches: Switches
}

/** The page with the switches: plain links, the state is the address. */
export function framePage({ site, source, version, findings, switches }: FramePage): string {
  const names = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[]
  return documentOf(
    site,
    html`<h1>Preview of the banner</h1>
      <p>
        ${originOf(source, version)} Choices go nowhere: nothing is recorded, and nothing stays in this
        browser.
      </p>
      ${findings.length > 0 && findingList(findings)}
      <div class="switches">
        ${switchRow(
          'Language',
          'language',
          languagesOf(version.manifest).map((tag) => [tag, languageName(tag)]),
          switches,
        )}
        ${names.map((name) => switchRow(WORDS[name].title, name, Object.entries(WORDS[name].values), switches))}
      </div>
      <iframe
        class="${switches.width} ${switches.look}"
        title="A page of ${site.domain} with the banner"
        src="stage${addressWith(switches)}"
      ></iframe>`,
  )
}

/** A page of nobody's, on which the banner stands. */
export function stagePage({ site, switches }: { site: Named; switches: Switches }): string {
  return html`<!doctype html>
    <html class="sluice-look" lang="en">
      ${headOf(site, 'stage.css')}
      <body>
        <main aria-label="A page of ${site.domain}">
          <p class="site"><bdi>${site.domain}</bdi></p>
          <h1>A page like any other</h1>
          <p>It stands in for a page of your site, so that the banner can be seen on one.</p>
          <p role="status" id="said"></p>
          <p hidden><a href="stage${addressWith(switches)}">Show it again</a></p>
          ${LINES}
        </main>
        <script type="module" src="stage.js" data-site="${site.domain}"></script>
      </body>
    </html> `.text
}

/** What went wrong, for somebody who mends the file and loads the page again. */
export function faultPage(site: Named, error: UserError): string {
  return documentOf(
    site,
    html`<h1>There is no banner to show</h1>
      <p class="status">${error.message}</p>
      <p>Mend it and load this page again.</p>`,
  )
}

const LINES = html`<div class="lines" aria-hidden="true">
  ${Array.from({ length: 24 }, () => html`<span></span>`)}
</div>`

function documentOf(site: Named, content: Markup): string {
  return html`<!doctype html>
    <html class="sluice-look" lang="en">
      ${headOf(site, 'preview.css')}
      <body>
        <main>
          <p class="site"><bdi>${site.domain}</bdi></p>
          ${content}
        </main>
      </body>
    </html> `.text
}

function headOf(site: Named, style: string): Markup {
  return html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Preview · ${site.domain}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="privacy/pages.css" />
    <link rel="stylesheet" href="${style}" />
  </head>`
}

function originOf(source: string | undefined, { revision, publishedAt }: PolicyVersion): string {
  if (source === undefined) return `Revision ${revision}, in force.`
  // Only a version that was published is one that the file changes nothing of.
  return publishedAt > 0 || revision === 1
    ? `${source} says the same as revision ${revision}, which is in force.`
    : `${source}, not published: it would be revision ${revision}.`
}

function findingList(findings: readonly Finding[]): Markup {
  return html`<ul class="status">
    ${findings.map((finding) => html`<li>${describeFinding(finding)}</li>`)}
  </ul>`
}

function switchRow(
  title: string,
  name: SwitchName,
  values: readonly (readonly [string, string])[],
  switches: Switches,
): Markup {
  return html`<nav aria-label="${title}">
    <h2>${title}</h2>
    <ul>
      ${values.map(([value, word]) => {
        const tag = name === 'language' ? value : 'en'
        const text = html`<bdi lang="${tag}">${word}</bdi>`
        return switches[name] === value
          ? html`<li><span aria-current="true">${text}</span></li>`
          : html`<li><a href="${addressWith(switches, { [name]: value })}">${text}</a></li>`
      })}
    </ul>
  </nav>`
}

function languageName(tag: string): string {
  return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag
}
