import {
  DIMENSION_CATALOG,
  HAPPENED,
  isRank,
  METRIC_CATALOG,
  PART_NAMES,
  PARTS,
  LOGGED,
  RANKED,
  RANKS,
  RATED,
  REMEMBERED,
  VISIT_PARTS,
  VISITED,
  type CatalogDimension,
  type Column,
  type Part,
  type Sum,
} from './catalog.ts'
import { columnsOf, eventsRelation, toldRelation, viewedRelation } from './relations.ts'
import { panelPart, rollupPart } from './rollup.ts'
import { DURATIONS, rankedOf } from './ranked.ts'
import {
  bySlot,
  byValue,
  dimensionsOf,
  eventsFrame,
  eventsOrTold,
  isOfVisit,
  selectedOf,
  selectedVisits,
  slotIn,
  sourceOf,
  visitsFrame,
  type ByValue,
  type Shape,
} from './selected.ts'
import { isAllSealed, isOfRollups, type Subject } from './subject.ts'
import { keptRelation } from './visits.ts'

/** Which parts the metrics need. Rows of a breakdown are the values of selected events, whatever is asked of them. */
export function neededParts({ query }: Subject, shape: Shape): Part[] {
  const needed = new Set(query.metrics.map((metric) => METRIC_CATALOG[metric].part))
  if (shape.breakdowns.length > 0) needed.add('seen')
  return PART_NAMES.filter((part) => needed.has(part))
}

/** The same of totals. Of visits that are kept all there is: then it is one statement for all panels of a dashboard. */
export function neededTotals(subject: Subject, shape: Shape): readonly Part[] {
  return subject.sealed?.from === 'visits' ? VISIT_PARTS : neededParts(subject, shape)
}

export function sumsOf(parts: readonly Part[]): Sum[] {
  return parts.flatMap((part) => [...PARTS[part]])
}

/**
 * Breakdowns of one kind are told by one rule from the same rows, so that these are found once for all of them. Undefined:
 * which values of events are lumped is found for each by itself.
 */
export function kindOf(subject: Subject, breakdown: CatalogDimension): string | undefined {
  // By page, bounces and durations are those of the visits that began there, who may be fewer than the minimum group.
  if (isOfRollups(subject)) return subject.fold && breakdown === 'page' ? 'page' : 'rollups'
  if (subject.fold) return undefined
  if (isAllSealed(subject)) return 'visits'
  return breakdown === 'collector' ? breakdown : DIMENSION_CATALOG[breakdown].scope
}

/** What sums of a day are apart by. */
function keysOf({ breakdowns }: ByValue): string {
  return `${breakdowns.length > 0 ? 'panel, ' : ''}day, slot, lumped, cell`
}

/** The sums of each day, `day_…`, by day, slot, lumped and cell, and by dimension where there are breakdowns. */
export function dayParts(given: Subject, shape: Shape, parts: readonly Part[]): string {
  const subject = toldAsItIs(given, shape) ? { ...given, fold: undefined } : given
  const { sealed } = subject
  const fromSealed =
    sealed && sealed.sealed.length > 0 ? SEALED_PARTS[sealed.from](subject, shape, parts) : []
  const fromEvents = fromSealed.length > 0 && isAllSealed(subject) ? [] : parts
  // Parts that are counted by visit are one text.
  const texts = new Set(fromEvents.map((part) => PART_TEXTS[part](subject, shape, parts)))
  return [...fromSealed, ...texts].join('\nUNION ALL\n')
}

const SEALED_PARTS: Readonly<
  Record<'rollup' | 'visits', (subject: Subject, shape: Shape, parts: readonly Part[]) => string[]>
> = {
  rollup({ fold }, shape, parts) {
    const [breakdown] = shape.breakdowns
    return [
      breakdown === undefined ? rollupPart(fold, slotIn(shape), parts) : panelPart(fold, breakdown, parts),
    ]
  },
  visits(subject, shape, parts) {
    const { breakdowns } = shape
    const pages = breakdowns.filter((breakdown) => breakdown === 'page')
    const others = breakdowns.filter((breakdown) => breakdown !== 'page')
    // Only what tells pages is read as a row for each of them.
    const apart = pages.length > 0 && others.length > 0 ? [others, pages] : [breakdowns]
    return apart.flatMap((some) => keptParts(subject, { ...shape, breakdowns: some }, parts))
  },
}

/** Totals of whole days without a filter are told whatever the minimum group. */
function toldAsItIs({ fold }: Subject, shape: Shape): boolean {
  return fold?.selects !== true && shape.breakdowns.length === 0 && slotIn(shape) === 'day'
}

type PartText = (subject: Subject, shape: Shape, parts: readonly Part[]) => string
const PART_TEXTS: Readonly<Record<Part, PartText>> = {
  seen: seenPart,
  visited: visitedPart,
  measured: measuredPart,
  happened: ofSomeEvents(HAPPENED, ['revenue', 'currency']),
  remembered: ofSomeEvents(REMEMBERED, ['value', 'props']),
  rated: ofSomeEvents(RATED, ['value']),
  ranked: rankedPart,
  logged: (subject, shape, parts) => ofLogged(LOGGED, subject, shape, parts),
}

function seenPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  if (isSeenByVisit(subject, shape, parts)) return visitPart(subject, shape, parts)
  return daySums(
    shape,
    parts,
    { visitors: VISITORS, pageviews: "countIf(type = 'pageview')" },
    bySlot(
      shape,
      byValue(subject, shape, selectedOf(subject, shape, eventsOrTold(subject, shape, []))),
      subject,
      'time',
    ),
    lumpedValues(subject),
  )
}

const VISITORS = 'uniqExactIf(visitor, visitor != 0)'

/** How many values are lumped. */
function lumpedValues({ fold }: Subject): string {
  return fold ? 'uniqExactIf(raw, lumped)' : '0'
}

function visitedPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  if (isOneValued(shape)) return visitPart(subject, shape, parts)
  const { fold } = subject
  // By page, bounces and durations are those of the visits that began there.
  const byPage = shape.breakdowns.includes('page')
  const sums = visitedSums(summed, fold && byPage)
  return daySums(shape, parts, sums, visitsHolding(subject, shape, byPage))
}

type VisitedFigure = (typeof VISITED)[keyof typeof VISITED]

function summed({ value, when }: VisitedFigure): string {
  return `sumIf(${value}, ${when})`
}

const ENOUGH_ENTER = 'uniqExactIf(visitor, enters) >= {minimum:UInt32}'

/** `isGuarded`: visits whose bounces and durations count are fewer than all, and may be those of too few visitors. */
function visitedSums(
  textOf: (figure: VisitedFigure, position: number) => string,
  isGuarded = false,
): Partial<Record<Sum, string>> {
  const sums = Object.entries(VISITED).map(([sum, figure], position): [string, string] => {
    const text = textOf(figure, position)
    return [sum, isGuarded && figure.when.includes('enters') ? `if(${ENOUGH_ENTER}, ${text}, 0)` : text]
  })
  return Object.fromEntries(sums)
}

/** Of visits that are kept, those that hold a selected event, each measured as a whole. */
function keptParts(subject: Subject, shape: Shape, parts: readonly Part[]): string[] {
  const { fold } = subject
  const isByPage = shape.breakdowns.includes('page')
  const dimensions = [...dimensionsOf(subject, shape), ...(isByPage ? (['entryPage'] as const) : [])]
  const selected = byValue(subject, shape, selectedOf(subject, shape, keptRelation(dimensions)))
  const rows = bySlot(
    shape,
    `SELECT *, visitor != 0${isByPage ? ' AND entry_page = raw' : ''} AS enters
FROM (
${selected}
)`,
    subject,
    'day',
  )
  // Whoever has no other row is in each cell once.
  const visitors = 'countIf(is_alone) + uniqExactIf(visitor, visitor != 0 AND NOT is_alone)'
  const seen = { visitors, pageviews: 'sum(selected_views)' }
  const isGuarded = fold && isByPage
  // Where rows are by page and cells are not, even a visit that is one row may be several in a cell.
  if (dimensions.includes('page') && (fold || !isByPage)) {
    const visit = `${keysOf(shape)}, visitor, visit, views, customs, lasted`
    const visits = `SELECT ${visit}, max(enters) AS enters
FROM (
${rows}
)
GROUP BY ${visit}`
    return [
      daySums(shape, parts, seen, rows, lumpedValues(subject)),
      ...(parts.includes('visited') ? [daySums(shape, parts, visitedSums(summed, isGuarded), visits)] : []),
    ]
  }
  // A visit of several rows is counted once by cell, and most have one.
  const figures = Object.values(VISITED).map(({ value, when }) => `if(${when}, toInt64(${value}), 0)`)
  const several = `groupUniqArrayIf((visitor, visit, ${figures.join(', ')}), NOT is_whole AND visitor != 0)`
  const sums = visitedSums(
    ({ value, when }, position) =>
      `sumIf(${value}, is_whole AND ${when}) + arraySum(one -> one.${position + 3}, ${several})`,
    isGuarded,
  )
  return [daySums(shape, parts, { ...seen, ...sums }, rows, lumpedValues(subject))]
}

/** Whether a visit has one value of what it is told by. */
function isOneValued({ breakdowns }: Shape): boolean {
  return breakdowns.every(isOfVisit)
}

/** Whether visits are there anyway: they are fewer than their events. In a day, events may be in another slot than they. */
function isSeenByVisit(subject: Subject, shape: Shape, parts: readonly Part[]): boolean {
  const isThere = parts.includes('visited') || dimensionsOf(subject, shape).some(isOfVisit)
  return isThere && isOneValued(shape) && slotIn(shape) === 'day'
}

/** Visits that hold a selected event, each measured as a whole. */
function visitPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  const visits = `SELECT *, visitor != 0 AS enters, ended - began AS lasted
FROM (
${selectedVisits(subject, shape)}
)`
  const seen = isSeenByVisit(subject, shape, parts)
    ? { visitors: VISITORS, pageviews: 'sum(selected_views)' }
    : undefined
  return `${daySums(
    shape,
    parts,
    { ...seen, ...visitedSums(summed) },
    bySlot(shape, byValue(subject, shape, visits), subject, beganIn(subject)),
    seen && lumpedValues(subject),
  )}${subject.fold && slotIn(shape) !== 'day' ? ENOUGH_PEOPLE : ''}`
}

/** A visit is placed where it began; in realtime, where it was first seen within the half hour. */
function beganIn({ span }: Subject): string {
  return span.window === undefined ? 'began' : 'first_seen'
}

/** The same once for each value that one of its selected events has. */
function visitsHolding(subject: Subject, shape: Shape, byPage: boolean): string {
  const dimensions: CatalogDimension[] = [
    ...dimensionsOf(subject, shape),
    ...(byPage ? (['entryPage'] as const) : []),
  ]
  const visit = 'visitor, visit, views, customs, began, ended, panel, day, lumped, cell'
  const page = shape.breakdowns.indexOf('page') + 1
  const told = `SELECT *
FROM (
${toldRelation(visitsFrame(subject, shape, columnsOf(dimensions)), dimensions)}
)
WHERE visitor != 0`
  const visits = `SELECT ${visit}, ended - began AS lasted, ${byPage ? `max(panel != ${page} OR entry_page = raw)` : '1'} AS enters, min(time) AS first_seen
FROM (
${byValue(subject, shape, selectedOf(subject, shape, told))}
)
GROUP BY ${visit}`
  return bySlot(shape, visits, subject, beganIn(subject))
}

function measuredPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  const engagement = `SELECT *
FROM (
${viewedRelation(eventsOrTold(subject, shape, ['hostname', 'page', 'visible_ms', 'scroll_percent'], visitsFrame), sourceOf(subject, shape))}
)
WHERE type = 'engagement'`
  const keys = keysOf(shape)
  const relation = `SELECT ${keys}, visitor, sum(visible_ms) AS view_visible, max(scroll_percent) AS view_depth
FROM (
${bySlot(shape, byValue(subject, shape, selectedOf(subject, shape, engagement)), subject, 'time')}
)
GROUP BY ${keys}, visitor, hostname, page, if(visitor = 0, batch_id, 0), if(visitor = 0, row, page_view)`
  return `${daySums(
    shape,
    parts,
    { measured_views: 'count()', visible: 'sum(view_visible)', depth: 'sum(view_depth)' },
    relation,
  )}${subject.fold ? ENOUGH_PEOPLE : ''}`
}

/** Figures of some kinds of events; what fewer visitors than the minimum group did is told as nothing. */
function ofSomeEvents(
  figures: Readonly<Partial<Record<Sum, { readonly when: string; readonly text: string }>>>,
  columns: readonly Column[],
): PartText {
  return (subject, shape, parts) => {
    const relation = selectedOf(subject, shape, eventsOrTold(subject, shape, columns))
    const guarded = Object.entries(figures).map(([sum, { when, text }]): [string, string] => {
      const enough = `uniqExactIf(visitor, visitor != 0 AND ${when}) >= {minimum:UInt32}`
      return [sum, subject.fold ? `if(${enough}, ${text}, ${nothingOf(sum)})` : text]
    })
    return daySums(
      shape,
      parts,
      Object.fromEntries(guarded),
      bySlot(shape, byValue(subject, shape, relation), subject, 'time'),
    )
  }
}

const rankedVitals = ofSomeEvents(RANKED, ['value'])

function rankedPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  const kind = rankedOf(subject.query)
  if (kind === 'vital') return rankedVitals(subject, shape, parts)
  const durations = Object.fromEntries(PARTS.ranked.map((sum) => [sum, DURATIONS[kind]]))
  return ofLogged(durations, subject, shape, parts)
}

/** Behind these figures are no visitors to be fewer than the minimum group; values are lumped as for all others. */
function ofLogged(
  figures: Partial<Record<Sum, string>>,
  subject: Subject,
  shape: Shape,
  parts: readonly Part[],
): string {
  const dimensions = dimensionsOf(subject, shape)
  const frame = {
    ...eventsFrame(subject, shape, [...columnsOf(dimensions), 'value', 'visible_ms']),
    whose: 'logs',
  } as const
  const relation = dimensions.some(isOfVisit) ? toldRelation(frame, dimensions) : eventsRelation(frame)
  return daySums(
    shape,
    parts,
    figures,
    bySlot(shape, byValue(subject, shape, selectedOf(subject, shape, relation)), subject, 'time'),
  )
}

/** What a part says of a figure that is not its own. */
function nothingOf(sum: string): string {
  return sum in RANKS ? 'emptyArrayUInt32()' : '0'
}

/** Figures of fewer visitors than the cell has are told alone only where these are enough. */
const ENOUGH_PEOPLE = '\nHAVING uniqExactIf(visitor, visitor != 0) >= {minimum:UInt32}'

/** Sums of one part beside zeros for the others, so that parts can be stacked. */
function daySums(
  shape: Shape,
  parts: readonly Part[],
  own: Partial<Record<Sum, string>>,
  relation: string,
  folded = '0',
): string {
  // Money may be given back.
  const columns = sumsOf(parts).map((sum) => {
    const text = own[sum] ?? nothingOf(sum)
    return `${isRank(sum) ? text : `toInt64(${text})`} AS day_${sum}`
  })
  const keys = keysOf(shape)
  const { breakdowns } = shape
  const names = breakdowns.map((breakdown) => `'${breakdown}'`).join(', ')
  const dimension = breakdowns.length > 0 ? `arrayElement([${names}], panel) AS dimension, ` : ''
  return `SELECT ${dimension}day, slot, lumped, cell, toUInt64(${folded}) AS day_folded, ${columns.join(', ')}
FROM (
${relation}
)
GROUP BY ${keys}`
}
