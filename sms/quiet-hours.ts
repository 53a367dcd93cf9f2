import { HOURS_RULES, type HoursRule, type Open } from './data/quiet-hours.ts'
import { ALL_PLACES, type NumberClass } from './phone.ts'

/** Where somebody may be, as far as it is known. */
export interface Whereabouts {
  /** IANA time zones that they may be in. */
  readonly zones: readonly string[]
  /** Rules that may hold for them. */
  readonly rules: readonly HoursRule[]
  /** `told`: by themselves. `area-code`: a guess, since numbers move. `nowhere`: a toll-free number is of no place. */
  readonly basis: 'told' | 'area-code' | 'nowhere'
}

/** The territories, where it is tomorrow while it is today in Hawaii: no hour would be open in all at once. */
const FAR = ['GU', 'MP', 'AS']
const STATES = ALL_PLACES.filter(
  ({ country, regions }) => country === 'US' && !FAR.includes(regions[0] ?? ''),
)

/**
 * Where the holder of a number may be.
 * @param told zone and state that they gave themselves
 */
export function whereaboutsOf(
  number: NumberClass,
  told?: { readonly zone: string; readonly region?: string; readonly country: 'US' | 'CA' },
): Whereabouts {
  if (told) {
    const regions = told.region === undefined ? regionsIn(told.zone) : [told.region]
    return { zones: [told.zone], rules: rulesOf(told.country, regions), basis: 'told' }
  }
  if (number.kind === 'long-code') {
    return { zones: number.zones, rules: rulesOf(number.country, number.regions), basis: 'area-code' }
  }
  const zones = [...new Set(STATES.flatMap((place) => place.zones))]
  return {
    zones,
    rules: rulesOf(
      'US',
      STATES.flatMap((place) => place.regions),
    ),
    basis: 'nowhere',
  }
}

function rulesOf(country: 'US' | 'CA', regions: readonly string[]): HoursRule[] {
  // The two-letter code of Canada is also California's.
  const everywhere = country === 'US' ? 'US' : 'CA-ALL'
  return HOURS_RULES.filter(
    (rule) => rule.in.includes(everywhere) || rule.in.some((one) => regions.includes(one)),
  )
}

/** States of which a zone is known: whoever told only the zone may be in any of them. */
function regionsIn(zone: string): string[] {
  return ALL_PLACES.filter((place) => place.zones.includes(zone)).flatMap((place) => place.regions)
}

/** Whether they may be texted at a time, Unix milliseconds: within the hours of every rule in every zone. */
export function isOpen({ zones, rules }: Whereabouts, at: number): boolean {
  return zones.every((zone) => {
    const { weekday, minute } = localTime(zone, at)
    return rules.every((rule) => {
      const [from, to] = hoursOn(rule, weekday)
      return minute >= from && minute < to
    })
  })
}

/** Every offset there is, and every hour of a rule, is a whole number of these. */
const STEP = 15 * 60_000
/** No rule keeps anybody waiting for longer than over a weekend. */
const LONGEST_WAIT = 8 * 24 * 3_600_000

/**
 * The first time from `at` at which they may be texted; undefined where there is none within eight days. It walks real
 * time and asks for the wall clock's, so that hours that a clock skips or repeats are what they are.
 */
export function nextOpen(whereabouts: Whereabouts, at: number): number | undefined {
  if (isOpen(whereabouts, at)) return at
  for (let next = Math.floor(at / STEP + 1) * STEP; next <= at + LONGEST_WAIT; next += STEP) {
    if (isOpen(whereabouts, next)) return next
  }
  return undefined
}

/** The strictest number of messages within 24 hours that may hold; undefined where no rule has one. */
export function mostIn24Hours({ rules }: Whereabouts): number | undefined {
  const limits = rules.flatMap((rule) => rule.mostIn24Hours ?? [])
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function hoursOn(rule: HoursRule, weekday: string): Open {
  if (weekday === 'Sun') return rule.sunday
  return weekday === 'Sat' ? rule.saturday : rule.weekdays
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(zone: string, at: number): { weekday: string; minute: number } {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return { weekday: parts['weekday'] ?? '', minute: Number(parts['hour']) * 60 + Number(parts['minute']) }
}
