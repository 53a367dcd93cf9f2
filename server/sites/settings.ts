import {
  MINIMUM_GROUP_SCOPES,
  PRE_CONSENT_MODES,
  type MinimumGroupScope,
  type PreConsent,
  type Site,
} from '../../schema/site.ts'
import { TRAIT_NAMES, type Trait } from '../../schema/targeting.ts'
import { UserError } from '../errors.ts'
import { checkGoals } from './goals.ts'
import { checkProperties } from './properties.ts'

/** What an owner may choose for a site. */
export type SiteSettings = Omit<Site, 'id' | 'domain'>

export const DEFAULT_SETTINGS: SiteSettings = {
  timezone: 'UTC',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 5,
  minimumGroupScope: 'close',
  properties: ['feature', 'plan'],
  traits: [],
  goals: [],
}

/** Two days, so that a day is sealed before its events go; 25 months, as long as the rollups are kept by default. */
const EVENT_WINDOW_DAYS = { min: 2, max: 762 }
const MINIMUM_GROUP = { min: 1, max: 100 }

/** The same choices with the time zone in IANA's spelling. Throws UserError for the first that cannot be. */
export function checkSettings<T extends Partial<SiteSettings>>(settings: T): T {
  const { preConsent, eventWindowDays, minimumGroup, minimumGroupScope, timezone } = settings
  if (preConsent !== undefined) oneOf<PreConsent>('pre-consent mode', preConsent, PRE_CONSENT_MODES)
  if (minimumGroupScope !== undefined) {
    oneOf<MinimumGroupScope>('minimum group scope', minimumGroupScope, MINIMUM_GROUP_SCOPES)
  }
  if (eventWindowDays !== undefined) {
    within('The event window', eventWindowDays, EVENT_WINDOW_DAYS, ' days (2 days to 25 months)')
  }
  if (minimumGroup !== undefined) within('The minimum group', minimumGroup, MINIMUM_GROUP, ' visitors')
  if (settings.properties !== undefined) checkProperties(settings.properties)
  for (const trait of settings.traits ?? []) oneOf<Trait>('trait', trait, TRAIT_NAMES)
  if (settings.goals !== undefined) checkGoals(settings.goals)
  return timezone === undefined ? settings : { ...settings, timezone: checkTimezone(timezone) }
}

function oneOf<T extends string>(what: string, value: T, known: readonly T[]): void {
  if (!known.includes(value)) {
    throw new UserError(`${JSON.stringify(value)} is not a ${what}: choose ${known.join(', ')}.`)
  }
}

function within(what: string, value: number, range: { min: number; max: number }, unit: string): void {
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new UserError(`${what} must be a whole number from ${range.min} to ${range.max}${unit}.`)
  }
}

/**
 * Names that IANA has moved to while the ICU of Node still lists the former ones. Without them these cities would be
 * spelled in the old way.
 */
const RENAMED = [
  'UTC',
  'Africa/Asmara',
  'America/Argentina/Buenos_Aires',
  'America/Nuuk',
  'Asia/Ho_Chi_Minh',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Yangon',
  'Atlantic/Faroe',
  'Europe/Kyiv',
  'Pacific/Chuuk',
  'Pacific/Kanton',
  'Pacific/Pohnpei',
]

/**
 * A time zone in the spelling that ClickHouse, which minds the case, knows too. Other names of a zone, `US/Eastern`,
 * become the one they stand for; offsets such as `+01:00` are refused, since they know no clock change.
 */
export function checkTimezone(name: string): string {
  const wanted = name.toLowerCase()
  const listed = [...RENAMED, ...Intl.supportedValuesOf('timeZone')].find(
    (zone) => zone.toLowerCase() === wanted,
  )
  if (listed !== undefined) return listed
  if (/^[a-z]/.test(wanted)) {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw new UserError(
    `${JSON.stringify(name.slice(0, 80))} is not a time zone: give an IANA name, like Europe/Berlin or UTC.`,
  )
}
