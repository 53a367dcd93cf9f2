import type { AnyDimension, Dimension, Filter } from '../../schema/query.ts'
import type { EventRow } from '../../schema/rows.ts'
import type { Told } from './oracle.ts'
import { wall, type OracleSite } from './oracle-days.ts'
import { fitsGlob, goalsOf, KIND } from './oracle-happened.ts'

/** The model's dimensions and filters: what value an event has, and what fits. */

const COLUMN: Partial<Record<Dimension, Exclude<keyof EventRow, 'detail'>>> = {
  page: 'page',
  hostname: 'hostname',
  country: 'country',
  region: 'region',
  city: 'city',
  network: 'network',
  browser: 'browser',
  browserVersion: 'browserVersion',
  os: 'os',
  osVersion: 'osVersion',
  device: 'device',
  screen: 'screen',
  language: 'language',
  basis: 'basis',
  collector: 'collector',
  source: 'source',
  referrer: 'referrer',
  channel: 'channel',
  utmSource: 'utmSource',
  utmMedium: 'utmMedium',
  utmCampaign: 'utmCampaign',
  utmTerm: 'utmTerm',
  utmContent: 'utmContent',
}
/** Taken from the first page view of the visit. */
const FROM_THE_VISIT: readonly Dimension[] = [
  'source',
  'referrer',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
]

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** The values that an event has of a dimension: one, but of goals any number, and none of what it does not know. */
export function valuesOf(dimension: AnyDimension, told: Told, site: OracleSite): string[] {
  const { type, detail } = told.event
  if (dimension === 'goal') return goalsOf(told.event, site.goals ?? [])
  if (dimension.startsWith('prop:')) return [detail?.props[dimension.slice(5)] ?? ''].filter(Boolean)
  if (dimension === 'direction')
    return [type === 'call' ? (detail?.props['direction'] ?? '') : ''].filter(Boolean)
  if (dimension === 'currency') return [detail?.currency ?? ''].filter(Boolean)
  if (dimension === 'status') return detail?.status ? [String(detail.status)] : []
  const kind = KIND[dimension]
  if (kind !== undefined) return type === kind && detail?.name ? [detail.name] : []
  return [valueOf(dimension as Dimension, told, site.timezone)]
}

function valueOf(dimension: Dimension, { event, visit }: Told, timezone: string): string {
  if (dimension === 'weekday') return WEEKDAYS[new Date(`${event.day}T12:00:00Z`).getUTCDay()] ?? ''
  if (dimension === 'hourOfDay') return wall(timezone, event.timeMs).clock.slice(0, 2)
  const views = visit.filter((one) => one.type === 'pageview')
  if (dimension === 'entryPage') return event.visitor === 0n ? '' : (views[0]?.page ?? '')
  if (dimension === 'exitPage') return event.visitor === 0n ? '' : (views.at(-1)?.page ?? '')
  const column = COLUMN[dimension]
  if (column === undefined) throw new Error(`the model does not know ${dimension}`)
  const holder = FROM_THE_VISIT.includes(dimension) ? views[0] : event
  return String(holder?.[column] ?? '')
}

export function fits(filter: Filter, value: string): boolean {
  if ('is' in filter) return filter.is.includes(value)
  if ('isNot' in filter) return !filter.isNot.includes(value)
  if ('contains' in filter) return filter.contains.some((part) => value.includes(part))
  return filter.matches.some((glob) => fitsGlob(glob, value))
}
