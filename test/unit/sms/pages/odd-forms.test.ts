import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerErrors } from '../../../../server/http/answer-errors.ts'
import { createPhonePagesRouter } from '../../../../server/sms/pages/route.ts'
import { openPhonePages } from '../../../../server/sms/pages/open.ts'
import { PAGE_TEXTS } from '../../../../server/sms/text/texts.ts'
import { anyText } from '../../../support/any-text.ts'
import { rowsOf } from '../../store/opened.ts'
import { startLife, type Life } from '../life.ts'

interface Scene {
  readonly life: Life
  readonly url: string
  /** What broke. */
  readonly broken: unknown[]
  /** Entries of the ledger, and questions for a YES. */
  kept(): Promise<readonly [entries: number, questions: number]>
}

/** The pages over the module and a store, with the answers to faults that the product gives. */
async function scene(): Promise<Scene> {
  const life = await startLife()
  const app = express()
  const broken: unknown[] = []
  app.use(
    createPhonePagesRouter(
      openPhonePages({
        sms: life.parts,
        lasting: life.keys.lasting,
        publicUrl: 'https://sms.example',
        networkWait: () => 0,
      }),
    ),
  )
  app.use(answerErrors({ error: (...said: unknown[]) => void broken.push(said) }))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return {
    life,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken,
    kept: async () => [
      (await rowsOf(life.store, 'sms_ledger')).length,
      (await rowsOf(life.store, 'sms_message')).length,
    ],
  }
}

async function formOf({ url, life }: Scene): Promise<string> {
  const answer = await fetch(`${url}/sms/opt-in/${life.program.id}`, {
    headers: { accept: 'application/json' },
  })
  return ((await answer.json()) as { form: string }).form
}

/** Another one for each form. */
let count = 0
const nextNumber = (): string =>
  `+1201${String(200 + Math.trunc(count / 10_000))}${String(count++ % 10_000).padStart(4, '0')}`

const FORM = 'application/x-www-form-urlencoded'
/** One for each status that there is. */
const EACH_STATUS: [AnyBody, boolean][] = [
  [{ type: 'application/json', body: Buffer.from('{') }, false],
  [{ type: FORM, body: Buffer.from(`number=${'9'.repeat(9_000)}`) }, true],
  [{ type: `${FORM}; charset=utf-16`, body: Buffer.from('a=b') }, false],
  [{ type: FORM, body: Buffer.from('number=1') }, true],
]

const FAULTS = Object.values(PAGE_TEXTS.en.signUp.faults)
const STACK = /\bat \S+ \(|node_modules|\.ts:\d|\/(?:tmp|work|home|usr)\//

/** What is answered to whoever sends what cannot be taken: a sentence as JSON, or the page with one for each fault. */
async function expectRefusal(answer: Response, context: readonly unknown[]): Promise<void> {
  const text = await answer.text()
  expect([...context, STACK.test(text)]).toEqual([...context, false])
  if (answer.headers.get('content-type')?.startsWith('text/html') === true) {
    expect([...context, FAULTS.some((fault) => text.includes(fault))]).toEqual([...context, true])
  } else {
    const { error } = JSON.parse(text) as { error: string }
    expect([...context, error]).toEqual([...context, expect.stringMatching(/^[A-Z][^\n]*\.$/u)])
  }
}

/** What stands where a number, a tick or the signed part of a form is expected. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  anyText(60),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\u202E+12015550123',
    "'; DROP TABLE sms_subject; --",
    '"><script>alert(1)</script>',
    '{{7*7}}',
    '9'.repeat(64),
    '+49 30 1234567',
    '20155',
    '201 555 0123 ext 4',
    '(999) 555-0123',
    '٢٠١٥٥٥٠١٢٣',
    '💥'.repeat(200),
    'on',
    'true',
    'v1.e30.AAAA',
  ),
)
const oddJson = fc.oneof(
  odd,
  fc.constantFrom(null, 0, 1e308, false, [], {}, ['yes'], { $gt: '' }),
  fc.jsonValue(),
)

interface AnyBody {
  readonly type: string
  readonly body: Uint8Array
  readonly encoding?: string
}

/** A body of any kind that is none of the form's. */
const anyBody: fc.Arbitrary<AnyBody> = fc.record(
  {
    type: fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/json',
      'application/json; charset=utf-7',
      'application/x-www-form-urlencoded; charset=utf-16',
      'multipart/form-data; boundary=x',
      'text/plain',
      'image/png',
    ),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((json) => Buffer.from(json)),
      anyText(200).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          '%',
          '%ff%00&&==',
          'number[]=1&number[a]=2',
          'number=1&number=2&agree=yes&agree=no',
          `number=${'9'.repeat(9_000)}`,
          '&'.repeat(2_000),
          '['.repeat(2_000),
          '{"__proto__":{"agree":true}}',
        )
        .map((text) => Buffer.from(text)),
    ),
    encoding: fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'x-none'),
  },
  { requiredKeys: ['type', 'body'] },
)

describe('S3 S4 S17 odd forms', () => {
  it('any body under any type is refused in a sentence of its own: nothing breaks, and nothing is kept', async () => {
    const rig = await scene()
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(anyBody, fc.boolean(), async ({ type, body, encoding }, wantsPage) => {
        const answer = await fetch(`${rig.url}/sms/opt-in`, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            'content-type': type,
            accept: wantsPage ? 'text/html' : '*/*',
            ...(encoding !== undefined && { 'content-encoding': encoding }),
          },
          body: Buffer.from(body),
        })
        statuses.add(answer.status)
        const context = [type, encoding, Buffer.from(body).toString('latin1').slice(0, 60)]
        expect([...context, [400, 413, 415, 422].includes(answer.status)]).toEqual([...context, true])
        await expectRefusal(answer, context)
      }),
      { numRuns: 80, examples: EACH_STATUS },
    )
    expect(statuses).toEqual(new Set([400, 413, 415, 422]))
    expect([rig.broken, await rig.kept()]).toEqual([[], [0, 0]])
  })

  it('a form with odd fields is taken once, or shown again with a sentence for each fault and nothing kept', async () => {
    const rig = await scene()
    const seen = { taken: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.record({ number: oddJson, agree: oddJson, form: oddJson }, { requiredKeys: [] }),
        fc.boolean(),
        async (changes, isJson) => {
          const before = await rig.kept()
          const fields: Record<string, unknown> = {
            form: await formOf(rig),
            number: nextNumber(),
            agree: 'yes',
            ...changes,
          }
          const answer = await fetch(`${rig.url}/sms/opt-in`, {
            method: 'POST',
            redirect: 'manual',
            headers: isJson ? { 'content-type': 'application/json' } : {},
            body: isJson
              ? JSON.stringify(fields)
              : new URLSearchParams(
                  Object.entries(fields).map(([name, value]) => [
                    name,
                    typeof value === 'string' ? value : JSON.stringify(value),
                  ]),
                ),
          })
          const context = [JSON.stringify(changes).slice(0, 120), isJson, answer.status]
          const [entries, questions] = await rig.kept()
          const isTaken = answer.status === (isJson ? 202 : 303)
          expect([...context, entries - before[0], questions - before[1]]).toEqual([
            ...context,
            ...(isTaken ? [1, 1] : [0, 0]),
          ])
          seen[isTaken ? 'taken' : 'refused']++
          if (isTaken) return
          expect([...context, [400, 413, 422].includes(answer.status)]).toEqual([...context, true])
          await expectRefusal(answer, context)
        },
      ),
      { numRuns: 60, examples: [[{}, false]] },
    )
    expect(rig.broken).toEqual([])
    expect(seen.taken).toBeGreaterThan(0)
    expect(seen.refused).toBeGreaterThan(0)
  })

  it('a form is taken only as it was signed, whichever of its characters is another one', async () => {
    const rig = await scene()
    const form = await formOf(rig)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(form.length - 1),
        fc.constantFrom('A', 'b', '_', '.', ' ', '%'),
        async (at, other) => {
          fc.pre(form[at] !== other)
          const changed = form.slice(0, at) + other + form.slice(at + 1)
          // The last character of base64 holds bits that say nothing.
          fc.pre(
            !Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
              Buffer.from(form.split('.')[2] ?? '', 'base64url'),
            ) || at < form.lastIndexOf('.'),
          )
          const answer = await fetch(`${rig.url}/sms/opt-in`, {
            method: 'POST',
            redirect: 'manual',
            body: new URLSearchParams({ form: changed, number: nextNumber(), agree: 'yes' }),
          })
          expect([at, other, answer.status]).toEqual([at, other, 422])
        },
      ),
      { numRuns: 30 },
    )
    expect([rig.broken, await rig.kept()]).toEqual([[], [0, 0]])
  })

  it('any address below those of the pages, in any language, is answered with a page or a sentence', async () => {
    const rig = await scene()
    const { life, url } = rig
    const segment = fc.oneof(
      fc.webSegment(),
      fc.constantFrom(
        '%',
        '%ff',
        '%00',
        '..',
        '%2e%2e%2f',
        `${life.program.id}%20`,
        life.program.id,
        'x'.repeat(3_000),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('opt-in', 'preferences'),
        segment,
        odd.map(String),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        async (page, name, text, method) => {
          const query = new URLSearchParams({ language: text, taken: text })
          const answer = await fetch(`${url}/sms/${page}/${name}?${query}`, {
            method,
            redirect: 'manual',
            headers: { 'accept-language': encodeURIComponent(Buffer.from(text).toString()) },
            ...(method === 'POST' && { body: new URLSearchParams({ stop: text }) }),
          })
          const context = [method, page, name.slice(0, 60), text]
          expect([...context, [200, 400, 404, 405, 422].includes(answer.status)]).toEqual([...context, true])
          if (answer.status === 200) expect(await answer.text()).not.toMatch(/<script>alert/)
          // What leads outside of the pages is answered by whoever is there: here nobody.
          else if (!/Cannot [A-Z]+ /.test(await answer.clone().text())) await expectRefusal(answer, context)
        },
      ),
      { numRuns: 60, examples: [['opt-in', '', '', 'POST']] },
    )
    expect([rig.broken, await rig.kept()]).toEqual([[], [0, 0]])
  })
})
