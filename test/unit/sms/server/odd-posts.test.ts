import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rig, SENDER_NUMBER, type Rig } from '../outbox/rig.ts'
import { numberOf } from '../store/opened.ts'
import { rowsOf } from '../../store/opened.ts'
import { anyText } from '../../../support/any-text.ts'
import { createSms } from '../../../../sms/sms.ts'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { postRaw, secrets, startHook, type HookRig } from './hook-rig.ts'

const MOST_ANSWER = 1_024
const TOKEN = `verification-token: ${secrets.verificationToken}`
const VERSION_1 = '/restapi/v1.0/account/1'
const WHEN = '2026-11-24T14:59:00.473705Z'

/** What a person's opt-out looks like when it is posted, each of them another number's. */
const OPT_OUTS: Readonly<Record<string, (from: string, id: string) => Told>> = {
  'a word to a high-volume number': (from, id) => ({
    event: `${VERSION_1}/a2p-sms/messages?direction=Inbound`,
    body: { id, from, to: [SENDER_NUMBER], text: 'STOP', direction: 'Inbound', creationTime: WHEN },
  }),
  'a word to another number': (from, id) => ({
    event: `${VERSION_1}/extension/2/message-store/instant?type=SMS`,
    body: {
      id,
      from: { phoneNumber: from },
      to: [{ phoneNumber: SENDER_NUMBER, target: true }],
      subject: 'please stop texting me',
      creationTime: WHEN,
    },
  }),
  'the provider’s list': (to) => ({
    event: `${VERSION_1}/a2p-sms/opt-outs`,
    body: { from: SENDER_NUMBER, to, active: true },
  }),
  'the newer list': (to) => ({
    event: '/restapi/v2/accounts/1/sms/consents',
    body: {
      records: [
        { from: SENDER_NUMBER, to, optStatus: 'OptOut', source: 'Recipient', lastModifiedTime: WHEN },
      ],
    },
  }),
}

interface Told {
  readonly event: string
  readonly body: Record<string, unknown>
}

/** What nobody expects in JSON: other kinds, texts of any units, what no double holds, and deep nests. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  anyText(60),
  fc.constantFrom(
    null,
    true,
    -1,
    1e308,
    5e-324,
    [],
    {},
    [[]],
    '',
    '\u0000',
    '\uD800',
    'a\u0000b',
    '__proto__',
    '+1',
    '+49301234567',
    '9'.repeat(40),
    '💥'.repeat(400),
    '+275760-09-13T00:00:00.000Z',
    '2026-11-24T15:00:00',
    JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown,
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

/** A number of New York for each post. */
let count = 0
const nextNumber = (): string =>
  `+1212${String(200 + Math.trunc(count / 10_000))}${String(count++ % 10_000).padStart(4, '0')}`

interface Scene {
  readonly module: Rig
  readonly hook: HookRig
  /** Entries of the ledger. */
  entries(): Promise<number>
}

/** The webhook with the module behind it, as the server has them. */
async function scene(): Promise<Scene> {
  const module = await rig()
  const sms = createSms(module.parts, (tokens) => createMemoryProvider(tokens, module.clock))
  return {
    module,
    hook: await startHook((events) => sms.take(events)),
    entries: async () => (await rowsOf(module.store, 'sms_ledger')).length,
  }
}

/** Status, headers in their order, and body. */
function read(raw: Buffer): { status: number; body: string } {
  const text = raw.toString('latin1')
  return { status: Number(text.slice(9, 12)), body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}

describe('S7 S17 odd posts to the SMS webhook', () => {
  it('any bytes under any headers get a status of their own in 1,024 bytes at most, and are never taken for an event', async () => {
    const { hook, entries } = await scene()
    // Of all that HTTP lets through in a header's value.
    const value = fc
      .array(fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), {
        minLength: 1,
        maxLength: 600,
      })
      .map((bytes) => Buffer.from(bytes).toString('latin1'))
    const header = fc
      .tuple(
        fc.constantFrom('verification-token', 'validation-token', 'content-type', 'content-encoding', 'x'),
        value,
      )
      .map(([name, text]) => `${name}: ${text}`)
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(header, { maxLength: 4, selector: (one) => one.split(':')[0] }),
        fc.oneof(
          fc.constant(new Uint8Array()),
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((json) => new TextEncoder().encode(json)),
        ),
        fc.boolean(),
        async (headers, body, isVerified) => {
          const raw = await postRaw(
            hook,
            isVerified ? [TOKEN, ...headers.filter((one) => !one.startsWith('verification'))] : headers,
            body,
          )
          const { status, body: answer } = read(raw)
          statuses.add(status)
          expect([200, 400, 401]).toContain(status)
          expect(raw.length).toBeLessThanOrEqual(MOST_ANSWER)
          expect(answer).toBe('')
          // Nothing but a handshake is answered with what was sent.
          if (body.length > 0) expect(raw.toString('latin1')).not.toMatch(/^validation-token/im)
        },
      ),
      // A handshake, which is the only thing that is answered 200.
      { numRuns: 60, examples: [[['validation-token: a'], new Uint8Array(), false]] },
    )
    await hook.hook.settled()
    expect(statuses).toEqual(new Set([200, 400, 401]))
    expect(await entries()).toBe(0)
  })

  it('a handshake is answered with its token and with nothing more, however long it is', async () => {
    const { hook } = await scene()
    const token = fc
      .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 400 })
      .map((bytes) => String.fromCharCode(...bytes))
    await fc.assert(
      fc.asyncProperty(token, async (text) => {
        const raw = await postRaw(hook, [`validation-token: ${text}`])
        expect(raw.length).toBeLessThanOrEqual(MOST_ANSWER)
        const echoed = /^validation-token: (.*)\r$/im.exec(raw.toString('latin1'))?.[1]
        expect([read(raw).status, echoed]).toEqual(text.length <= 256 ? [200, text] : [400, undefined])
      }),
      { numRuns: 40, examples: [['x'.repeat(256)], ['x'.repeat(257)], ['x'.repeat(800)]] },
    )
  })

  it('any other path is none, however near it comes, and what it brings is not read', async () => {
    const { hook, entries } = await scene()
    const event = Buffer.from(
      JSON.stringify({ uuid: 'u', ...OPT_OUTS['the provider’s list']?.(nextNumber(), '1'), timestamp: WHEN }),
    )
    const near = fc.oneof(
      fc.nat(secrets.path.length - 1).map((at) => secrets.path.slice(0, at)),
      fc.nat(secrets.path.length - 1).map((at) => {
        const other = secrets.path[at] === 'x' ? 'y' : 'x'
        return `${secrets.path.slice(0, at)}${other}${secrets.path.slice(at + 1)}`
      }),
      fc.constantFrom('/', '%00', '/..', '.json').map((end) => `${secrets.path}${end}`),
      fc.webPath().map((path) => path.slice(1)),
    )
    await fc.assert(
      fc.asyncProperty(near, async (path) => {
        expect(read(await postRaw(hook, [TOKEN], event, path)).status).toBe(404)
      }),
      { numRuns: 30 },
    )
    await hook.hook.settled()
    expect(await entries()).toBe(0)
  })

  it.each(Object.keys(OPT_OUTS))(
    'an opt-out by %s counts, whatever else the event holds or a broken one before it',
    async (way) => {
      const { hook, entries, module } = await scene()
      const told = OPT_OUTS[way]
      if (!told) throw new Error('there is no such way')
      const counted = { read: 0, unread: 0 }
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.option(odd, { nil: undefined }), async (which, value) => {
          const number = nextNumber()
          const whole = { uuid: `u-${count}`, timestamp: WHEN, extra: {}, ...told(number, `${count}`) }
          const places = placesIn(whole)
          const place = places[which % places.length] ?? []
          hook.lines.length = 0
          const before = await entries()
          const post = async (event: unknown): Promise<number> => {
            const { status } = read(await postRaw(hook, [TOKEN], Buffer.from(JSON.stringify(event))))
            await hook.hook.settled()
            return status
          }
          const status = await post(changed(whole, place, value))
          const first = (await entries()) - before
          const context = [place.join('.'), JSON.stringify(value)?.slice(0, 60)]
          // Nothing that is posted breaks what takes it.
          expect([...context, hook.lines]).toEqual([...context, []])
          expect([...context, [200, 400].includes(status), first <= 1]).toEqual([...context, true, true])
          if (!NEEDED.has(place.at(-1) ?? '')) expect([...context, first]).toEqual([...context, 1])
          counted[first === 1 ? 'read' : 'unread']++
          // What said something else of the same message is that message: then it is another one that says STOP.
          const isOther =
            ['string', 'number', 'boolean'].includes(typeof value) && WORDS.has(place.at(-1) ?? '')
          const again = isOther ? { ...whole, uuid: `o-${count}`, ...told(number, `other-${count}`) } : whole
          expect([await post(again), await post(again)]).toEqual([200, 200])
          const subject = await module.store.transaction((transaction) =>
            module.parts.subjects.findOrMake(transaction, numberOf(number)),
          )
          expect([...context, subject.elsewhere.is]).toEqual([...context, 'opted-out'])
          // Of itself it counts once, and what is like it under another name once more.
          expect((await entries()) - before).toBeLessThanOrEqual(first + 1)
        }),
        { numRuns: 30 },
      )
      expect(counted.read).toBeGreaterThan(0)
      expect(counted.unread).toBeGreaterThan(0)
    },
  )
})

/** Without these nobody knows who says what to whom. */
const NEEDED = new Set(
  'uuid event body records id from to phoneNumber text subject 0 direction active optStatus creationTime lastModifiedTime'.split(
    ' ',
  ),
)

/** What a message says, of whom and to whom. */
const WORDS = new Set(['text', 'subject', 'from', 'to', 'phoneNumber', '0', 'active'])

/** The way to each value within another one. */
function placesIn(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, within]) => [
    [...way, name],
    ...placesIn(within, [...way, name]),
  ])
}

/** The same with another value in one place; undefined: with none. */
function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to
  if (Array.isArray(value)) {
    return value.map((one, index) => (String(index) === name ? changed(one, rest, to) : one) as unknown)
  }
  const fields = value as Record<string, unknown>
  return { ...fields, [name]: changed(fields[name], rest, to) }
}
