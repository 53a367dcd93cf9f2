import type { Filter, FlowQuery, MetricValues, QueryRow, Step } from '../../schema/query.ts'
import {
  askFunnelOracle,
  choices,
  isSelected,
  isStep,
  nameOf,
  peopleOf,
  visitsOf,
  type OracleFunnelSite,
  type Visit,
} from './oracle-funnel.ts'
import { askedEvents } from './oracle-collectors.ts'
import type { OracleEvent } from './oracle.ts'

/** The slow model of flows. Under a minimum group it knows plain dimensions only. */
export interface OracleFlow {
  rows: QueryRow[]
  totals: MetricValues
}

/** A page, `null` for the end of the visit, or what is not told. */
type Hop = string | null | typeof REST
const REST = { isRest: true } as const

interface Walk {
  readonly visit: Visit
  readonly day: string
  readonly raw: readonly Hop[]
  /** As it is told: the hops before the current one. */
  readonly told: Hop[]
}

/** The pages that a visit saw from its first such step on; undefined where it has none. */
function walkOf(visit: Visit, step: Step, direction: 'from' | 'to', hops: number): Walk | undefined {
  const events = visit.map(({ event }) => event)
  const at = events.findIndex((event) => isStep(step, event))
  const own = events[at]
  if (own === undefined) return undefined
  const ahead = direction === 'from' ? events.slice(at + 1) : events.slice(0, at).toReversed()
  let page = own.type === 'pageview' ? own.page : undefined
  const seen: string[] = []
  for (const event of ahead) {
    if (event.type !== 'pageview' || event.page === page) continue
    page = event.page
    seen.push(page)
  }
  return { visit, day: own.day, raw: Array.from({ length: hops }, (_, hop) => seen[hop] ?? null), told: [] }
}

function bytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Pages first, then the rest, then the end. */
function byHop(a: Hop, b: Hop): number {
  const kind = (hop: Hop): number => (hop === null ? 2 : hop === REST ? 1 : 0)
  return kind(a) - kind(b) || (typeof a === 'string' && typeof b === 'string' ? bytes(a, b) : 0)
}

function group<T>(list: readonly T[], keyOf: (one: T) => Hop): Map<Hop, T[]> {
  const groups = new Map<Hop, T[]>()
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

interface Fold {
  readonly minimum: number
  isSelected(walk: Walk): boolean
  /** For each choice of some of the filters, whether a visit holds an event that they select. */
  readonly wider: readonly ((walk: Walk) => boolean)[]
}

function people(walks: readonly Walk[]): number {
  return peopleOf(walks.map(({ visit }) => visit)).size
}

/** Labels the next hop of walks of one day that were told alike so far; answers how many cells were not told. */
function labelNext(walks: readonly Walk[], hop: number, fold: Fold): number {
  const cells = [...group(walks, ({ raw }) => raw[hop] ?? null)].map(([name, own]) => {
    const selected = own.filter(fold.isSelected)
    const strays = fold.wider.map((holds) => people(own.filter((one) => holds(one) && !fold.isSelected(one))))
    const isTold =
      people(selected) >= fold.minimum && strays.every((count) => count === 0 || count >= fold.minimum)
    return { name, own, selected, isTold }
  })
  const small = cells.filter(({ isTold, selected }) => !isTold && selected.length > 0)
  const together = people(small.flatMap(({ selected }) => selected))
  if (small.length === 1 || (small.length > 0 && together < fold.minimum)) {
    const [least] = cells
      .filter(({ isTold }) => isTold)
      .toSorted((a, b) => people(a.selected) - people(b.selected) || byHop(a.name, b.name))
    if (least) {
      least.isTold = false
      small.push(least)
    }
  }
  for (const { own, name, isTold } of cells) for (const walk of own) walk.told.push(isTold ? name : REST)
  return small.length
}

export function askFlowOracle(
  events: readonly OracleEvent[],
  query: FlowQuery,
  site: OracleFunnelSite,
): OracleFlow & { folded: number } {
  const { period, filters = [], flow, limit = 10 } = query
  if (typeof period !== 'object') throw new Error('the model knows ranges of days')
  const hops = flow.steps ?? 1
  const [step, direction] = 'from' in flow ? [flow.from, 'from' as const] : [flow.to, 'to' as const]
  const holds =
    (some: readonly Filter[]) =>
    ({ visit }: Walk): boolean =>
      isSelected(visit, some, site.timezone)
  const all = visitsOf(askedEvents(events, filters), period)
  const walks = all.flatMap((visit) => walkOf(visit, step, direction, hops) ?? [])
  const days = [...new Set(all.map(([first]) => first?.event.day ?? ''))]
  let folded = 0
  let told = walks
  if (site.minimum === undefined) for (const walk of walks) walk.told.push(...walk.raw)
  else {
    const wider = choices(filters)
      .filter((some) => some.length < filters.length)
      .map(holds)
    const fold: Fold = { minimum: site.minimum, isSelected: holds(filters), wider }
    // A day is told where a funnel tells the step alone.
    const isReleased = (day: string): boolean => {
      const asked = { site: query.site, filters, funnel: [step, step], period: { from: day, to: day } }
      return askFunnelOracle(events, asked, site).rows[0]?.['visits'] !== 0
    }
    const released = days.filter(isReleased)
    folded += days.length - released.length
    told = walks.filter(({ day }) => released.includes(day))
    for (const day of released) {
      for (let hop = 0; hop < hops; hop++) {
        const alike = new Map<string, Walk[]>()
        for (const walk of told.filter((one) => one.day === day)) {
          const key = JSON.stringify([walk.told.slice(-1).map((last) => (last === REST ? 0 : [last]))])
          alike.set(key, [...(alike.get(key) ?? []), walk])
        }
        for (const own of alike.values()) folded += labelNext(own, hop, fold)
      }
    }
  }
  const counted = told.filter(holds(filters))
  for (let hop = 0; hop < hops; hop++) {
    const pages = [...group(counted, (walk) => walk.told[hop] ?? null)].filter(
      ([name]) => typeof name === 'string',
    )
    const ranked = pages.toSorted(([a, own], [b, other]) => other.length - own.length || byHop(a, b))
    for (const [, beyond] of ranked.slice(limit)) for (const walk of beyond) walk.told[hop] = REST
  }
  const rows = Array.from({ length: hops }, (_, hop) =>
    [...group(counted, (walk) => (hop === 0 ? 'the step' : (walk.told[hop - 1] ?? null)))]
      .filter(([near]) => near !== null)
      .flatMap(([near, own]) =>
        [...group(own, (walk) => walk.told[hop] ?? null)].map(([far, walked]) => ({
          near,
          far,
          visits: walked.length,
        })),
      )
      .toSorted((a, b) => b.visits - a.visits || byHop(a.near, b.near) || byHop(a.far, b.far))
      .map(({ near, far, visits }): QueryRow => {
        const name = (one: Hop): string | null => (typeof one === 'object' && one !== null ? '(other)' : one)
        const ends = [hop === 0 ? nameOf(step) : name(near), name(far)]
        const [from = null, to = null] = direction === 'from' ? ends : ends.toReversed()
        return { step: hop + 1, from, to, visits }
      }),
  ).flat()
  const { totals } = askFunnelOracle(
    events,
    { site: query.site, filters, funnel: [step, step], period },
    {
      ...site,
      minimum: undefined,
    },
  )
  return { rows, totals, folded }
}
