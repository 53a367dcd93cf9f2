import { fill } from '../http/fill.ts'
import { html, type Markup } from '../http/html.ts'
import { OTHER } from '../query/minimum-group.ts'
import type { ReportLanguage } from '../store/tables.ts'
import { REPORT_METRICS, type ReportContent, type ReportMetric, type ReportTableOf } from './content.ts'
import { REPORT_TEXTS, type ReportText } from './text.ts'

/** A mail, without whom it goes to. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Where the links of a mail lead; `stop` is absent in a preview. */
export interface MailLinks {
  readonly open: string
  readonly stop?: string | undefined
}

/** Mail programs know no custom properties and no files: the look's own values stand in the elements. No picture. */
const STYLE = {
  body: 'margin:0;padding:24px 16px;background:#fbfaf7;color:#1c2326;font:16px/24px system-ui,-apple-system,sans-serif',
  main: 'max-width:600px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e3e0d8;border-radius:8px',
  h1: 'margin:0 0 4px;font-size:20px;line-height:28px',
  h2: 'margin:24px 0 8px;font-size:16px;line-height:24px',
  quiet: 'margin:0 0 16px;color:#5b666b;font-size:14px;line-height:20px',
  table: 'width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums',
  name: 'padding:8px 16px 8px 0;border-bottom:1px solid #e3e0d8;text-align:left;font-weight:400;word-break:break-word',
  number:
    'padding:8px 0;border-bottom:1px solid #e3e0d8;text-align:right;white-space:nowrap;vertical-align:top',
  link: 'color:#0b6b74',
} as const

/** A weekly or monthly report. */
export function renderReport(
  content: ReportContent,
  kind: 'weekly' | 'monthly',
  language: ReportLanguage,
  links: MailLinks,
): Mail {
  const words = REPORT_TEXTS[language]
  const { site, days } = content
  const title = fill(words.title[kind], { site })
  const range = fill(words.days, { from: dayIn(language, days.from), to: dayIn(language, days.to) })
  const headline = REPORT_METRICS.map((metric) => ({
    name: words.metrics[metric],
    value: written(language, metric, content.totals[metric]),
    before: fill(words.before, { value: written(language, metric, content.before[metric]) }),
  }))
  const tables = content.tables.map((table) => ({
    name: words[table.name],
    rows: table.rows.map(({ value, visitors }) => ({
      value: valueIn(language, words, table.name, value, content.minimumGroup),
      visitors: new Intl.NumberFormat(language).format(visitors),
    })),
  }))
  const text = [
    title,
    range,
    '',
    ...headline.map(({ name, value, before }) => `${name}: ${value} (${before})`),
    ...tables.flatMap(({ name, rows }) => [
      '',
      name,
      ...(rows.length === 0 ? [words.none] : rows.map(({ value, visitors }) => `${visitors}  ${value}`)),
    ]),
    ...footLines(words, links),
  ].join('\n')
  const body = html`<h1 style="${STYLE.h1}">${title}</h1>
    <p style="${STYLE.quiet}">${range}</p>
    <table style="${STYLE.table}" role="presentation">
      ${headline.map(
        ({ name, value, before }) =>
          html`<tr>
            <td style="${STYLE.name}">${name}</td>
            <td style="${STYLE.number}">
              <strong>${value}</strong><br /><span style="color:#5b666b;font-size:14px">${before}</span>
            </td>
          </tr>`,
      )}
    </table>
    ${tables.map(
      ({ name, rows }) =>
        html`<h2 style="${STYLE.h2}">${name}</h2>
          ${
            rows.length === 0
              ? html`<p style="${STYLE.quiet}">${words.none}</p>`
              : html`<table style="${STYLE.table}">
                  ${rows.map(
                    ({ value, visitors }) =>
                      html`<tr>
                        <td style="${STYLE.name}">${value}</td>
                        <td style="${STYLE.number}">${visitors}</td>
                      </tr>`,
                  )}
                </table>`
          }`,
    )}`
  const visitors = written(language, 'visitors', content.totals.visitors)
  return {
    subject: fill(words.subject[kind], { site, visitors }),
    text,
    html: documentOf(language, title, body, words, links),
  }
}

/** An alert about page views. */
export function renderAlert(
  about: { site: string; kind: 'spike' | 'drop'; count: number; threshold: number },
  language: ReportLanguage,
  links: MailLinks,
): Mail {
  const words = REPORT_TEXTS[language]
  const { site, kind } = about
  const number = new Intl.NumberFormat(language)
  const sentence = fill(words[kind].sentence, {
    site,
    count: number.format(about.count),
    threshold: number.format(about.threshold),
  })
  return plainMail(language, fill(words[kind].subject, { site }), sentence, words, links)
}

/** Asks somebody whether they want what was made for them. */
export function renderQuestion(
  about: { site: string; kind: keyof ReportText['kinds'] },
  language: ReportLanguage,
  link: string,
): Mail {
  const words = REPORT_TEXTS[language]
  const subject = fill(words.confirm.subject, { site: about.site })
  const sentence = fill(words.confirm.sentence, { site: about.site, kind: words.kinds[about.kind] })
  const body = html`<h1 style="${STYLE.h1}">${subject}</h1>
    <p>${sentence}</p>
    <p><a style="${STYLE.link}" href="${link}">${words.confirm.link}</a></p>`
  return {
    subject,
    text: [sentence, '', `${words.confirm.link}: ${link}`, ''].join('\n'),
    html: frame(language, subject, body, html``),
  }
}

function plainMail(
  language: ReportLanguage,
  subject: string,
  sentence: string,
  words: ReportText,
  links: MailLinks,
): Mail {
  const body = html`<h1 style="${STYLE.h1}">${subject}</h1>
    <p>${sentence}</p>`
  return {
    subject,
    text: [sentence, ...footLines(words, links)].join('\n'),
    html: documentOf(language, subject, body, words, links),
  }
}

function footLines(words: ReportText, { open, stop }: MailLinks): string[] {
  const leaving = stop === undefined ? [] : [words.foot, `${words.stop}: ${stop}`]
  return ['', `${words.open}: ${open}`, ...leaving, '']
}

function documentOf(
  language: ReportLanguage,
  title: string,
  body: Markup,
  words: ReportText,
  { open, stop }: MailLinks,
): string {
  const foot = html`<p style="margin:24px 0 0"><a style="${STYLE.link}" href="${open}">${words.open}</a></p>
    ${stop !== undefined && html`<p style="margin:16px 0 0;color:#5b666b;font-size:14px">${words.foot} <a style="${STYLE.link}" href="${stop}">${words.stop}</a></p>`}`
  return frame(language, title, body, foot)
}

function frame(language: ReportLanguage, title: string, body: Markup, foot: Markup): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
      </head>
      <body style="${STYLE.body}">
        <div style="${STYLE.main}">${body} ${foot}</div>
      </body>
    </html>`.text
}

function written(language: string, metric: ReportMetric, value: unknown): string {
  if (typeof value !== 'number') return '–'
  if (metric === 'bounceRate') {
    return new Intl.NumberFormat(language, { style: 'percent' }).format(value)
  }
  if (metric === 'visitDuration') {
    const [minutes, seconds] = [Math.floor(value / 60), Math.round(value % 60)]
    return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds} s`
  }
  return new Intl.NumberFormat(language).format(value)
}

function valueIn(
  language: string,
  words: ReportText,
  table: ReportTableOf['name'],
  value: string,
  minimum: number,
): string {
  if (value === OTHER) return fill(words.folded, { minimum: String(minimum) })
  if (value === '') return table === 'sources' ? words.direct : '–'
  if (table !== 'countries' || !/^[A-Z]{2}$/.test(value)) return value
  return new Intl.DisplayNames(language, { type: 'region' }).of(value) ?? value
}

function dayIn(language: string, day: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))
}
