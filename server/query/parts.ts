import type { Interval } from '../../schema/query.ts'
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
  VISIT_SUMS,
  type CatalogDimension,
  type Column,
  type Part,
  type Sum,
} from './catalog.ts'
import {
  foldedPredicate,
  releasedCells,
  releasedCrossedCells,
  releasedValues,
  type ClassifiedFrame,
} from './minimum-group.ts'
import { namesCollector } from './primary.ts'
import { slotOf, type Slot } from './plan.ts'
import {
  columnsOf,
  havingValue,
  eventsRelation,
  predicateOf,
  toldRelation,
  viewedRelation,
  visitsRelation,
  WINDOW_PREDICATE,
  type EventsFrame,
  type EventsSource,
} from './relations.ts'
import { heldBySelected } from './held.ts'
import { rollupPart } from './rollup.ts'
import { DURATIONS, rankedOf } from './ranked.ts'
import { isAllSealed, type Subject } from './subject.ts'

/** How the sums of a day are split: by value, by slot of the day, by both or not at all. */
export interface Shape {
  readonly breakdown: CatalogDimension | undefined
  readonly interval: Interval | undefined
}

const SLOTS: Readonly<Record<Slot, (time: string) => string>> = {
  day: () => '0',
  hour: (time) => `toHour(${time}, {timezone:String}) * 60`,
  minute: (time) => `toHour(${time}, {timezone:String}) * 60 + toMinute(${time}, {timezone:String})`,
}

/** Which parts the metrics need. Rows of a breakdown are the values of selected events, whatever is asked of them. */
export function neededParts({ query }: Subject, shape: Shape): Part[] {
  const needed = new Set(query.metrics.map((metric) => METRIC_CATALOG[metric].part))
  if (shape.breakdown !== undefined) needed.add('seen')
  return PART_NAMES.filter((part) => needed.has(part))
}

export function sumsOf(parts: readonly Part[]): Sum[] {
  return parts.flatMap((part) => [...PARTS[part]])
}

/** The sums of each day, `day_…`, by day, slot, lumped and cell. */
export function dayParts(given: Subject, shape: Shape, parts: readonly Part[]): string {
  const subject = toldAsItIs(given, shape) ? { ...given, fold: undefined } : given
  const { sealed } = subject
  const fromEvents = isAllSealed(subject) ? [] : parts
  return [
    ...(sealed ? [rollupPart(subject.fold, { ...shape, slot: slotIn(shape) }, parts)] : []),
    ...fromEvents.map((part) => PART_TEXTS[part](subject, shape, parts)),
  ].join('\nUNION ALL\n')
}

/** Totals of whole days without a filter are told whatever the minimum group. */
function toldAsItIs({ fold }: Subject, shape: Shape): boolean {
  return fold?.selects !== true && shape.breakdown === undefined && slotIn(shape) === 'day'
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
  const dimensions = dimensionsOf(subject, shape)
  // Where visits are selected as a whole, their rows are fewer than their events.
  const byVisit = dimensions.some(isOfVisit) && selectsWholeVisits(subject, shape) && slotIn(shape) === 'day'
  const relation = byVisit
    ? visitsRelation(visitsFrame(subject, shape, columnsOf(dimensions)), dimensions)
    : eventsOrTold(subject, shape, [])
  return daySums(
    parts,
    {
      visitors: 'uniqExactIf(visitor, visitor != 0)',
      pageviews: byVisit ? 'sum(views)' : "countIf(type = 'pageview')",
    },
    bySlot(
      shape,
      byValue(subject, shape, selectedOf(subject, shape, relation)),
      subject,
      byVisit ? 'began' : 'time',
    ),
    'uniqExactIf(raw, lumped)',
  )
}

function visitedPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  const { fold } = subject
  // By page, bounces and durations are those of the visits that began there.
  const byPage = shape.breakdown === 'page'
  const relation = selectsWholeVisits(subject, shape)
    ? wholeVisits(subject, shape)
    : visitsHolding(subject, shape, byPage)
  const enough = 'uniqExactIf(visitor, enters) >= {minimum:UInt32}'
  const guarded = Object.entries(VISIT_SUMS).map(([sum, text]): [string, string] => [
    sum,
    fold && byPage && text.includes('enters') ? `if(${enough}, ${text}, 0)` : text,
  ])
  return `${daySums(parts, Object.fromEntries(guarded), relation)}${fold && slotIn(shape) !== 'day' ? ENOUGH_PEOPLE : ''}`
}

/** Whether a visit is selected with all of its events or not at all. */
function selectsWholeVisits(subject: Subject, shape: Shape): boolean {
  return subject.span.window === undefined && dimensionsOf(subject, shape).every(isOfVisit)
}

function wholeVisits(subject: Subject, shape: Shape): string {
  const dimensions = dimensionsOf(subject, shape)
  const visits = `SELECT *, 1 AS enters
FROM (
${visitsRelation(visitsFrame(subject, shape, columnsOf(dimensions)), dimensions)}
)
WHERE visitor != 0`
  return bySlot(shape, byValue(subject, shape, selectedOf(subject, shape, visits)), subject, 'began')
}

/** Visits that hold a selected event, each measured as a whole, once for each value. */
function visitsHolding(subject: Subject, shape: Shape, byPage: boolean): string {
  const dimensions: CatalogDimension[] = [
    ...dimensionsOf(subject, shape),
    ...(byPage ? (['entryPage'] as const) : []),
  ]
  const keys = shape.breakdown === undefined ? 'cell' : 'lumped, cell'
  const visit = `day, visitor, visit, views, customs, began, ended, ${keys}`
  // A visit is placed where it began; in realtime, where it was first seen within the half hour.
  const told = `SELECT *
FROM (
${toldRelation(visitsFrame(subject, shape, columnsOf(dimensions)), dimensions)}
)
WHERE visitor != 0`
  const visits = `SELECT ${visit}, ${byPage ? 'max(entry_page = raw)' : '1'} AS enters, min(time) AS first_seen
FROM (
${byValue(subject, shape, selectedOf(subject, shape, told))}
)
GROUP BY ${visit}`
  return bySlot(shape, visits, subject, subject.span.window === undefined ? 'began' : 'first_seen')
}

function measuredPart(subject: Subject, shape: Shape, parts: readonly Part[]): string {
  const engagement = `SELECT *
FROM (
${viewedRelation(eventsOrTold(subject, shape, ['hostname', 'page', 'visible_ms', 'scroll_percent'], visitsFrame), sourceOf(subject, shape))}
)
WHERE type = 'engagement'`
  const relation = `SELECT day, slot, lumped, cell, visitor, sum(visible_ms) AS view_visible, max(scroll_percent) AS view_depth
FROM (
${bySlot(shape, byValue(subject, shape, selectedOf(subject, shape, engagement)), subject, 'time')}
)
GROUP BY day, slot, lumped, cell, visitor, hostname, page, if(visitor = 0, batch_id, 0), if(visitor = 0, row, page_view)`
  return `${daySums(
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
  return `SELECT day, slot, lumped, cell, toUInt64(${folded}) AS day_folded, ${columns.join(', ')}
FROM (
${relation}
)
GROUP BY day, slot, lumped, cell`
}

/** Adds columns raw, lumped and cell: the value of the breakdown, and whether it is told. */
function byValue(subject: Subject, { breakdown }: Shape, relation: string): string {
  if (breakdown === undefined) return `SELECT *, '' AS cell\nFROM (\n${relation}\n)`
  const { expression } = DIMENSION_CATALOG[breakdown]
  const { fold } = subject
  if (!fold)
    return `SELECT *, 0 AS lumped, raw AS cell
FROM (
SELECT *, ${expression} AS raw
FROM (
${relation}
))${havingValue(breakdown, 'raw')}`
  const released = fold.selects
    ? releasedCrossedCells(fold, classifiedFrame(subject, breakdown), expression)
    : releasedValues(breakdown, sourceOf(subject, { breakdown }))
  return `${lumping(expression, released, relation, "if(lumped, '', raw) AS cell")}${havingValue(breakdown, 'raw')}`
}

/** Adds column slot; and raw and lumped where there is no breakdown. */
function bySlot(shape: Shape, relation: string, subject: Subject, time: string): string {
  const { fold } = subject
  const slot = slotIn(shape)
  const expression = SLOTS[slot](time)
  if (shape.breakdown !== undefined) return `SELECT *, ${expression} AS slot\nFROM (\n${relation}\n)`
  if (!fold || slot === 'day') {
    return `SELECT *, 0 AS raw, 0 AS lumped, ${expression} AS slot\nFROM (\n${relation}\n)`
  }
  const released = fold.selects
    ? releasedCrossedCells(fold, classifiedFrame(subject, undefined), SLOTS[slot]('time'))
    : releasedCells(SLOTS[slot]('time'), eventsRelation(eventsFrame(subject, shape, [])))
  return lumping(expression, released, relation, 'if(lumped, 0, raw) AS slot')
}

/** In two steps: a condition that is named and used twice in one SELECT is worked out twice. */
function lumping(expression: string, released: string, relation: string, told: string): string {
  return `SELECT *, ${told}
FROM (
SELECT *, ${expression} AS raw, (day, raw) NOT IN (
${released}
) AS lumped
FROM (
${relation}
))`
}

/** The events that filters and the half hour of `realtime` select. */
function selectedOf(subject: Subject, shape: ByValue, relation: string): string {
  const { query, span, fold } = subject
  const conditions = query.filters.map((filter, position) =>
    fold ? foldedPredicate(fold, filter, position, sourceOf(subject, shape)) : predicateOf(filter, position),
  )
  if (span.window !== undefined) conditions.push(WINDOW_PREDICATE)
  if (conditions.length === 0) return relation
  return `SELECT *
FROM (
${relation}
)
WHERE ${conditions.join(' AND ')}`
}

export function classifiedFrame(subject: Subject, breakdown: CatalogDimension | undefined): ClassifiedFrame {
  const { query, span } = subject
  const dimensions = dimensionsOf(subject, { breakdown, interval: undefined })
  return {
    filters: query.filters,
    isRealtime: span.window !== undefined,
    breakdown,
    needsVisits:
      dimensions.some(isOfVisit) || query.metrics.some((metric) => METRIC_CATALOG[metric].part === 'visited'),
    source: sourceOf(subject, { breakdown }),
  }
}

/** Events, with what their visits tell where a filter or the breakdown asks for it; `frameOf`: else. */
function eventsOrTold(
  subject: Subject,
  shape: Shape,
  more: readonly Column[],
  frameOf = eventsFrame,
): string {
  const dimensions = dimensionsOf(subject, shape)
  const columns = [...columnsOf(dimensions), ...more]
  return dimensions.some(isOfVisit)
    ? toldRelation(visitsFrame(subject, shape, columns), dimensions)
    : eventsRelation(frameOf(subject, shape, columns))
}

type ByValue = Pick<Shape, 'breakdown'>

function eventsFrame(subject: Subject, shape: ByValue, columns: readonly Column[]): EventsFrame {
  return { columns, ...sourceOf(subject, shape) }
}

/** Events of the visitors that filters may select, with all of theirs, so that their visits are whole. */
function visitsFrame(subject: Subject, shape: ByValue, columns: readonly Column[]): EventsFrame {
  return { ...eventsFrame(subject, shape, columns), holding: heldBySelected(subject) }
}

/** Rows by collector are about each of them; the totals beside them are not, since they would count visits twice. */
function sourceOf({ query, releasedDays, sealed, isOnce }: Subject, { breakdown }: ByValue): EventsSource {
  const isOfAll = breakdown === 'collector' || namesCollector(query)
  const from = releasedDays === undefined ? (sealed === undefined ? 'span' : 'open') : 'released'
  return { from, isOnce, ...(isOfAll && { isOfAll }) }
}

function dimensionsOf({ query }: Subject, { breakdown }: Shape): CatalogDimension[] {
  return [...query.filters.map(({ dimension }) => dimension), ...(breakdown === undefined ? [] : [breakdown])]
}

function isOfVisit(dimension: CatalogDimension): boolean {
  return DIMENSION_CATALOG[dimension].scope === 'visit'
}

function slotIn({ interval }: Shape): Slot {
  return interval === undefined ? 'day' : slotOf(interval)
}
