import type { EventDetail } from '../../schema/rows.ts'
import type { Goal } from '../../schema/site.ts'

/** What the demo's visitors did besides viewing pages: those who granted it, on pages where it makes sense. */

export const DEMO_GOALS: readonly Goal[] = [
  { name: 'Test ride booked', event: 'Test ride booked' },
  { name: 'Service booked', event: 'Service booked' },
  { name: 'Read the blog', page: '/demo/blog/**' },
]

export interface Happening {
  readonly type: string
  readonly detail: EventDetail
}

interface Chance {
  /** Share of the views of a page that it follows. */
  readonly chance: number
  readonly page: RegExp
  readonly type: string
  readonly detail: Partial<EventDetail>
}

const CHANCES: readonly Chance[] = [
  {
    chance: 0.07,
    page: /pricing/,
    type: 'event',
    detail: { name: 'Test ride booked', props: { bike: 'commuter' } },
  },
  {
    chance: 0.05,
    page: /pricing/,
    type: 'event',
    detail: { name: 'Test ride booked', props: { bike: 'cargo' } },
  },
  {
    chance: 0.06,
    page: /workshop/,
    type: 'event',
    detail: { name: 'Service booked', props: { plan: 'small' }, revenue: '49.00', currency: 'EUR' },
  },
  {
    chance: 0.03,
    page: /workshop/,
    type: 'event',
    detail: { name: 'Service booked', props: { plan: 'full' }, revenue: '129.00', currency: 'EUR' },
  },
  { chance: 0.08, page: /gallery/, type: 'download', detail: { name: '/demo/catalogue.pdf' } },
  { chance: 0.1, page: /blog/, type: 'outbound', detail: { name: 'openstreetmap.org/' } },
  { chance: 0.06, page: /contact/, type: 'outbound', detail: { name: 'hamburg-cycling.example/shops' } },
  { chance: 0.12, page: /contact/, type: 'form', detail: { name: 'contact' } },
  { chance: 0.3, page: /demo\/$/, type: 'click', detail: { name: 'link See the bikes' } },
  { chance: 0.12, page: /demo\/$/, type: 'click', detail: { name: 'link Visit the workshop' } },
  { chance: 0.16, page: /pricing/, type: 'click', detail: { name: 'button Book a test ride' } },
  { chance: 0.08, page: /pricing/, type: 'click', detail: { name: 'button Compare' } },
  { chance: 0.2, page: /gallery/, type: 'click', detail: { name: 'button Next picture' } },
  { chance: 0.1, page: /workshop/, type: 'click', detail: { name: 'button Choose a service' } },
  {
    chance: 0.22,
    page: /gallery/,
    type: 'error',
    detail: { name: 'TypeError: picture is undefined (/demo/gallery.js:18:7)' },
  },
  {
    chance: 0.09,
    page: /pricing/,
    type: 'error',
    detail: { name: 'RangeError: invalid time value (/demo/pricing.js:42:11)' },
  },
  {
    chance: 0.06,
    page: /blog/,
    type: 'error',
    detail: { name: 'NetworkError: the request for comments failed (/demo/blog.js:7:3)' },
  },
]

interface Speed {
  /** Milliseconds (of CLS thousandths) that half of the desktops have at most. */
  readonly middle: number
  /** So many times as much on phones. */
  readonly onPhones: number
}

const VITALS: Readonly<Record<string, Speed>> = {
  TTFB: { middle: 260, onPhones: 1.6 },
  FCP: { middle: 900, onPhones: 1.7 },
  LCP: { middle: 1_400, onPhones: 1.8 },
  CLS: { middle: 30, onPhones: 2.2 },
  INP: { middle: 70, onPhones: 2.4 },
}
/** Pages that carry more than others. */
const HEAVY: readonly (readonly [page: RegExp, times: number])[] = [
  [/gallery/, 2.1],
  [/blog\/winter/, 1.3],
]

/** What a browser is, and what it looks at. */
export interface Looking {
  readonly page: string
  readonly device: string
  /** Whether the visit begins with this view: vitals are those of a page that is loaded. */
  readonly isEntry: boolean
}

const NONE: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

/** What follows a view of a page. */
export function* demoHappenings(
  random: () => number,
  { page, device, isEntry }: Looking,
): Generator<Happening> {
  for (const { chance, page: where, type, detail } of CHANCES) {
    if (where.test(page) && random() < chance) yield { type, detail: { ...NONE, ...detail } }
  }
  if (!isEntry) return
  const weight = HEAVY.find(([heavy]) => heavy.test(page))?.[1] ?? 1
  for (const [name, { middle, onPhones }] of Object.entries(VITALS)) {
    // Few are much slower than half of them.
    const luck = Math.exp((random() + random() + random() - 1.5) * 0.9)
    const slower = device === 'mobile' ? onPhones : 1
    const value = Math.round(middle * luck * slower * (name === 'TTFB' ? 1 : weight))
    yield { type: 'vital', detail: { ...NONE, name, value } }
  }
}
