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
  {
    chance: 0.02,
    page: /gallery/,
    type: 'error',
    detail: { name: 'TypeError: picture is undefined (/demo/gallery.js:18:7)' },
  },
]

const NONE: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

/** What follows a view of a page. */
export function* demoHappenings(random: () => number, page: string): Generator<Happening> {
  for (const { chance, page: where, type, detail } of CHANCES) {
    if (where.test(page) && random() < chance) yield { type, detail: { ...NONE, ...detail } }
  }
}
