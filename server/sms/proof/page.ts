import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sha256 } from '../../chain/sha256.ts'
import type { Signer } from '../../chain/signer.ts'
import { html, Markup } from '../../http/html.ts'
import { projectRoot } from '../../project-root.ts'
import {
  PAGE_PROOF,
  PAGE_SIGNATURE,
  pageText,
  proofText,
  type ProofEntry,
  type ProofMessage,
  type ProofProgram,
  type SmsProof,
} from './bundle.ts'

const STYLE = ['schema/look.css', 'server/http/pages.css', 'server/sms/proof/proof-page.css']
  .map((file) => readFileSync(path.join(projectRoot, file), 'utf8'))
  .join('\n')

/** Lets the page have its own style, which stands in it: it is read from a file as well. */
export const PROOF_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${Buffer.from(sha256(STYLE), 'base64url').toString('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/**
 * A proof for people, such as a carrier's complaints desk: what was agreed to, in which words, and what was sent. It
 * holds the proof itself, and is signed to the byte.
 */
export function proofPage(proof: SmsProof, signer: Pick<Signer, 'sign'>): string {
  const page = document(proof)
  const [open, close] = PAGE_SIGNATURE
  return `${page}${open}${signer.sign(pageText(page))}${close}`
}

function document(proof: SmsProof): string {
  const { subject, programs, entries, messages, made, isMasked, reason, basis, days, ledger, key } = proof
  const nameOf = (id: string | null): string =>
    programs.find((program) => program.id === id)?.name ?? (id === null ? 'all programs' : id)
  // Within a script `<` could end it; JSON has another spelling for it, which reads the same.
  const json = proofText(proof).replaceAll('<', '\\u003c')
  return html`<!doctype html>
    <html lang="en" class="sluice-look">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>Consent to text messages of ${subject.number}</title>
        ${new Markup(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>Consent to text messages of ${subject.number}</h1>
          <p class="lead">
            Made on
            ${made}${days !== null && html`, of ${days.from} to ${days.to}`}${basis !== null && html`, on the ground ${basis}`}:
            ${reason}
          </p>
          ${
            isMasked &&
            html`<p class="status">
              Number and texts are masked. The sender can show them on a ground; what is here is proven
              without them.
            </p>`
          }
          <h2>Programs</h2>
          ${programs.map(programPart)}
          <h2>What was agreed to and taken back</h2>
          ${entries.length === 0 && html`<p>Nothing in these days.</p>`}
          ${entries.map((entry) => entryPart(entry, nameOf(entry.row.program)))}
          <h2>What was sent</h2>
          ${messages.length === 0 ? html`<p>Nothing in these days.</p>` : messageTable(messages, nameOf)}
          <h2>How to verify this file</h2>
          <p>
            It is signed with the key <span class="name">${key.x}</span>, which its sender publishes at
            <span class="name">/.well-known/sluice-sms.json</span>. With Node.js and the script that came with
            it, without a network:
            <span class="name">node verify-sms-proof.mjs proof.html --key ${key.x}</span>. Whoever changes one
            byte is found.
          </p>
          <p class="quiet">
            Each entry is a row of a ledger of ${ledger.head.seq} rows, whose root is
            <span class="name">${ledger.root}</span>; its last row is
            <span class="name">${ledger.head.hash}</span>, signed on ${ledger.head.time}.
          </p>
        </main>
        ${new Markup(`${PAGE_PROOF[0]}${json}${PAGE_PROOF[1]}`)}
      </body>
    </html> `.text
}

function programPart(program: ProofProgram): Markup {
  const { name, seller, kind, useCase, frequency, sender, standing, confirms } = program
  return html`<article>
    <h3>${name}</h3>
    <dl>
      ${field('Seller', seller)} ${field('Kind', `${kind}, registered as ${useCase}`)}
      ${field('Promised', `at most ${frequency.most} messages within ${frequency.days} days`)}
      ${field('Sends from', sender)} ${field('Double opt-in', confirms ? 'yes' : 'no')}
      ${field('Now', standing)}
    </dl>
  </article>`
}

function entryPart({ row, hash, shown }: ProofEntry, program: string): Markup {
  const payload = Object.entries(shown?.payload ?? {})
  return html`<article>
    <h3>${row.event}: ${program}</h3>
    <dl>
      ${field('Happened', row.occurredAt)} ${field('Written down', row.recordedAt)} ${field('By', row.actor)}
      ${field('Way', row.method)}
      ${payload.filter(([name]) => !isVerbatim(name)).map(([name, value]) => field(name, textOf(value)))}
      ${shown === null && field('Content', 'withheld in this masked proof; its commitment is in the row')}
    </dl>
    ${payload
      .filter(([name]) => isVerbatim(name))
      .map(
        ([name, value]) =>
          html`<p class="quiet">${name}, word for word:</p>
            <blockquote>${textOf(value)}</blockquote>`,
      )}
    <p class="quiet">Row ${row.seq}, <span class="name">${hash}</span></p>
  </article>`
}

/** What is read word for word stands in lines of its own. */
const VERBATIM = ['disclosure', 'text']

function isVerbatim(name: string): boolean {
  return VERBATIM.includes(name)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function messageTable(messages: readonly ProofMessage[], nameOf: (id: string | null) => string): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Handed over</th>
        <th scope="col">Program</th>
        <th scope="col">Text</th>
        <th scope="col">What came of it</th>
        <th scope="col">Allowed by</th>
      </tr>
    </thead>
    <tbody>
      ${messages.map((message) => {
        const { handed, created, program, body, purpose, status, delivery, allowedBy, wasInFlight } = message
        return html`<tr>
          <th scope="row" data-label="Handed over">${handed ?? `never (made on ${created})`}</th>
          <td data-label="Program">${nameOf(program)}, ${purpose}</td>
          <td data-label="Text">${body ?? 'masked'}</td>
          <td data-label="What came of it">
            ${delivery ?? status}${wasInFlight && ', with the carrier already when an opt-out came'}
          </td>
          <td data-label="Allowed by"><span class="name">${allowedBy ?? 'nothing'}</span></td>
        </tr>`
      })}
    </tbody>
  </table>`
}

function field(name: string, value: string): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}
