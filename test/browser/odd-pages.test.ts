import { constantFrom, integer, jsonValue, oneof, record, sample, string } from 'fast-check'
import { expect, it } from 'vitest'
import { parseEvent } from '../../server/collect/parse.ts'
import type { Sluice } from '../../tracker/api.ts'
import { EVENTS, html, STRANGERS, useStage } from './stage.ts'

const stage = useStage(true)

/** The same 1,000 each time. `npm run fuzz:tracker` takes ten times as many on one page, of another seed. */
const SEED = Number(process.env['SEED'] ?? 20_261_124)
const STEPS = Number(process.env['STEPS'] ?? 1_000)

/** Names that the tracker reads from the document, the window or an element. */
const NAMES = [
  'sluice',
  'cookie',
  'currentScript',
  'q',
  'referrer',
  'location',
  'closest',
  'matches',
  'hidden',
  'dataset',
]
/** One thing that a page may do. */
interface Step {
  kind: string
  text: string
  name: string
  tag: string
  event: string
  value: unknown
  number: number
}
const text = oneof(string({ unit: 'binary', maxLength: 40 }), string({ unit: 'grapheme', maxLength: 40 }))
const METHODS = [
  'consent',
  'q',
  'name',
  'length',
  'constructor',
  '__proto__',
  'toString',
  'pageview',
  'track',
  'feedback',
  'inspect',
  'preferences',
  'ads',
  'traits',
  'beacon',
]
const step = record({
  kind: constantFrom('push', 'replace', 'hash', 'call', 'method', 'element', 'event', 'scroll'),
  text,
  name: constantFrom(...NAMES, ...METHODS),
  tag: constantFrom('img', 'form', 'a', 'script', 'div', 'button'),
  event: constantFrom(
    'focus',
    'blur',
    'popstate',
    'visibilitychange',
    'pageshow',
    'scroll',
    'click',
    'online',
    'auxclick',
    'submit',
    'error',
    'unhandledrejection',
    'pagehide',
  ),
  value: jsonValue(),
  number: integer({ min: -1e9, max: 1e9 }),
})

const GRANTED = {
  categories: ['essential', 'performance', 'functionality', 'targeting'],
  revision: 1,
  day: '2026-11-24',
  until: '2099-01-01',
  token: '1~shop.example~1~7~0',
  hour: Math.floor(Date.now() / 3_600_000),
}

it.each([
  ['before a choice', []],
  ['where all is granted', [GRANTED]],
])(
  'of odd addresses, calls, elements and events none breaks a page or makes a request that is not in order: %s',
  async (_, choices) => {
    stage.pages.route(
      '/open',
      html(stage.anonymous.tag('data-events="outbound download form error vital click"')),
    )
    const visitor = await stage.visit('/open', {}, ({ context }) =>
      context.addCookies(
        choices.map((choice) => ({
          name: 'cc_cookie',
          value: encodeURIComponent(JSON.stringify(choice)),
          url: stage.site,
        })),
      ),
    )
    await visitor.settle()
    const steps: Step[] = sample(step, { numRuns: STEPS, seed: SEED })
    for (let from = 0; from < STEPS; from += 100) {
      await visitor.page.evaluate(
        async (some) => {
          const api = window.sluice as unknown as Record<string, unknown> & ((...args: unknown[]) => void)
          for (const { kind, text: any, name, tag, event, value, number } of some) {
            // Half a character is no address to a browser.
            const odd = any.replaceAll(/\p{Cs}/gu, '')
            if (kind === 'push')
              history.pushState(value, '', `/open/${encodeURIComponent(odd)}?${odd.replaceAll('#', '')}`)
            else if (kind === 'replace') history.replaceState(value, '', `?utm_source=${odd}`)
            else if (kind === 'hash') location.hash = odd
            else if (kind === 'call') api(number % 2 ? name : any, value, number)
            else if (kind === 'method') {
              for (const method of ['pageview', 'track', 'feedback', 'inspect'])
                (api[method] as (...args: unknown[]) => void)(odd, value)
              const { preferences, ads, traits, beacon } = api as unknown as Pick<
                Sluice,
                'preferences' | 'ads' | 'traits' | 'beacon'
              >
              await traits.set(value as Parameters<typeof traits.set>[0])
              beacon(odd, value as Parameters<typeof beacon>[1])
              await preferences.set(odd, value)
              await preferences.get(name)
              await ads.shouldShow(odd, (value ?? {}) as { max: number })
              await ads.shown(name)
            } else if (kind === 'element') {
              const element = document.createElement(tag)
              element.setAttribute('name', name)
              element.id = name
              element.dataset['category'] = odd
              document.body.append(element)
              if (number % 3) element.remove()
            } else if (kind === 'event') dispatchEvent(new Event(event, { bubbles: true }))
            else scrollTo(number, number)
          }
          document.body.replaceChildren()
          await new Promise((resolve) => setTimeout(resolve, 20))
        },
        steps.slice(from, from + 100),
      )
    }
    await visitor.settle()
    expect(visitor.complaints).toEqual([])
    const lines = visitor.requests.map(({ method, url }) => `${method} ${url}`)
    expect(lines.filter((line) => STRANGERS.test(line))).toEqual([])
    expect(lines.filter((line) => EVENTS.test(line) && !line.endsWith('/e'))).toEqual([])
    const events = stage.anonymous.events()
    expect(events.length).toBeGreaterThan(100)
    expect(events.filter((event) => !parseEvent(event).kept)).toEqual([])
    const foreign = events.filter(({ url }) => new URL(url).origin !== stage.site)
    expect(foreign).toEqual([])
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  },
)
