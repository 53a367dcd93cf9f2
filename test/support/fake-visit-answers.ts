/** Funnels, flows and who came back, of made-up visits: as the server answers them, without a minimum group. */
import type {
  FlowQuery,
  FunnelQuery,
  Query,
  Question,
  QueryAnswer,
  QueryRow,
  RetentionQuery,
  Step,
} from '../../schema/query.ts'
import { answerFrom, earlier, hitsIn, spanOf, type Span } from './fake-query.ts'
import { dayBefore, type FakeVisit } from './fake-visits.ts'

const OTHER = '(other)'

/** What a visit did, in order: pages, and a sign-up after the prices. */
function deedsOf(visit: FakeVisit): { page?: string; event?: string }[] {
  return visit.pages.flatMap((page) => (page === '/pricing' ? [{ page }, { event: 'Signup' }] : [{ page }]))
}

function isStep(deed: { page?: string; event?: string }, step: Step): boolean {
  const wanted = typeof step === 'string' ? { page: step } : step
  if ('page' in wanted) return deed.page !== undefined && fitsGlob(wanted.page, deed.page)
  return 'event' in wanted && deed.event === wanted.event
}

function fitsGlob(glob: string, text: string): boolean {
  if (glob.endsWith('/**')) return text.startsWith(glob.slice(0, -2))
  return glob === text
}

function nameOf(step: Step): string {
  return typeof step === 'string' ? step : Object.values(step).join('')
}

function depthOf(visit: FakeVisit, steps: readonly Step[]): number {
  let depth = 0
  for (const deed of deedsOf(visit)) {
    const step = steps[depth]
    if (step !== undefined && isStep(deed, step)) depth++
  }
  return depth
}

function funnelRows(visits: readonly FakeVisit[], steps: readonly Step[]): QueryRow[] {
  const depths = visits.map((visit) => ({ visit, depth: depthOf(visit, steps) }))
  const sum = (of: 'visits' | 'visitors', least: number) =>
    depths.reduce((all, { visit, depth }) => all + (depth >= least ? visit[of] : 0), 0)
  const whole = sum('visits', 1)
  return steps.map((step, index) => {
    const own = sum('visits', index + 1)
    const before = sum('visits', index)
    return {
      step: index + 1,
      name: nameOf(step),
      visitors: sum('visitors', index + 1),
      visits: own,
      rate: whole === 0 ? null : own / whole,
      stepRate: index === 0 || before === 0 ? null : own / before,
      dropOff: index === 0 ? null : before - own,
    }
  })
}

function flowRows(visits: readonly FakeVisit[], { flow, limit = 10 }: FlowQuery): QueryRow[] {
  const direction = 'from' in flow ? 'from' : 'to'
  const step = 'from' in flow ? flow.from : flow.to
  const hops = flow.steps ?? 1
  const walks = visits.flatMap((visit) => {
    const deeds = deedsOf(visit)
    const start = deeds.findIndex((deed) => isStep(deed, step))
    if (start < 0) return []
    const way = direction === 'from' ? deeds.slice(start + 1) : deeds.slice(0, start).toReversed()
    const pages = way.flatMap(({ page }) => (page === undefined ? [] : [page]))
    const distinct = pages.filter((page, index) => page !== (pages[index - 1] ?? nameOf(step)))
    return [{ visits: visit.visits, path: distinct.slice(0, hops) }]
  })
  const rows = new Map<string, QueryRow>()
  for (let hop = 0; hop < hops; hop++) {
    const named = namedAt(walks, hop, limit)
    const namedBefore = namedAt(walks, hop - 1, limit)
    for (const { visits: count, path } of walks) {
      if (hop > path.length) continue
      const told = (page: string | undefined, known: ReadonlySet<string>) =>
        page === undefined ? null : known.has(page) ? page : OTHER
      const near = hop === 0 ? nameOf(step) : told(path[hop - 1], namedBefore)
      const far = told(path[hop], named)
      const [from, to] = direction === 'from' ? [near, far] : [far, near]
      const key = JSON.stringify([hop, from, to])
      const row = rows.get(key) ?? { step: hop + 1, from, to, visits: 0 }
      rows.set(key, { ...row, visits: (row.visits ?? 0) + count })
    }
  }
  return [...rows.values()].toSorted(
    (a, b) => Number(a['step']) - Number(b['step']) || (b.visits ?? 0) - (a.visits ?? 0),
  )
}

function namedAt(
  walks: readonly { visits: number; path: string[] }[],
  hop: number,
  limit: number,
): Set<string> {
  const sums = new Map<string, number>()
  for (const { visits, path } of walks) {
    const page = path[hop]
    if (page !== undefined) sums.set(page, (sums.get(page) ?? 0) + visits)
  }
  const ranked = [...sums].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return new Set(ranked.slice(0, limit).map(([page]) => page))
}

/** Weeks of first visits that shrink the longer ago they are; one cell is too small to be told. */
function retentionRows({ from, to }: Span, hasVisits: boolean): QueryRow[] {
  const mondayOf = (day: string) => dayBefore(day, (new Date(day).getUTCDay() + 6) % 7)
  const rows: QueryRow[] = []
  for (let cohort = mondayOf(from), index = 0; cohort <= to; cohort = dayBefore(cohort, -7), index++) {
    for (let week = cohort, number = 0; week <= to; week = dayBefore(week, -7), number++) {
      const told = number === 0 ? 200 + index * 10 : Math.round((120 + index) / (number + 1))
      const isHidden = hasVisits && index === 1 && number === 2
      const visitors = isHidden ? null : hasVisits ? told : 0
      rows.push({
        cohort,
        week: number,
        visitors,
        rate: visitors === null || !hasVisits ? null : visitors / (200 + index * 10),
      })
    }
  }
  return rows
}

type VisitQuestion = FunnelQuery | FlowQuery | RetentionQuery

export function isAboutVisits(question: Question): question is VisitQuestion {
  return 'funnel' in question || 'flow' in question || 'retention' in question
}

/** Answers as the server does, as far as the dashboard can tell. */
export function answerAboutVisits(visits: readonly FakeVisit[], question: VisitQuestion): QueryAnswer {
  const filters = 'filters' in question ? question.filters : []
  const compare = 'compare' in question ? question.compare : undefined
  const plain: Query = {
    site: question.site,
    metrics: ['visitors', 'visits'],
    ...(question.period && { period: question.period }),
    ...(filters && { filters }),
    ...(compare && { compare }),
  }
  const base = answerFrom(visits, plain, false)
  const span = spanOf(question.period ?? ('retention' in question ? '90d' : '30d'))
  const rowsIn = (of: Span): QueryRow[] => {
    if ('retention' in question) return retentionRows(of, visits.length > 0)
    const fitting = hitsIn(visits, of, filters ?? []).map(({ visit }) => visit)
    return 'funnel' in question ? funnelRows(fitting, question.funnel) : flowRows(fitting, question)
  }
  const rows = rowsIn(span)
  const comparison = base.comparison &&
    compare && {
      ...base.comparison,
      rows: rowsIn(earlier(span, compare)),
    }
  const isFolded = 'retention' in question && rows.some(({ visitors }) => visitors === null)
  return {
    ...base,
    rows,
    ...(comparison && { comparison }),
    meta: { ...base.meta, rowCount: rows.length, foldedRows: isFolded ? 1 : 0 },
  }
}
