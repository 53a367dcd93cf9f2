import type { Trait } from '../../schema/targeting.ts'
import { systemClock } from '../clock.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type SiteRecord, type Sites } from '../sites/registry.ts'
import { scriptTag } from '../sites/script-tag.ts'
import { checkSettings, type SiteSettings } from '../sites/settings.ts'
import { answer, table, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice site add <domain>`. */
export const addSite: Command = async (context, input) => {
  const [domain, settings] = [domainOf(input), settingsOf(input)]
  const site = await withSites(context, (sites) => sites.add({ domain, ...settings }))
  const script = scriptOf(context, site)
  warnOfGroup(context, site)
  answer(context, { ...shown(site), script }, [
    `${site.domain} is registered. Put this into the head of its pages:`,
    '',
    `  ${script}`,
  ])
}

/** `sluice site list`. */
export const listSites: Command = async (context) => {
  const sites = await withSites(context, (registry) => registry.list())
  const rows = sites.map((site) => [
    site.domain,
    site.timezone,
    site.preConsent,
    `${site.eventWindowDays}d`,
    String(site.minimumGroup),
  ])
  answer(
    context,
    { sites: sites.map(shown) },
    rows.length > 0
      ? table(['domain', 'timezone', 'pre-consent', 'event window', 'minimum group'], rows)
      : ['No site is registered: `sluice site add <domain>` adds one.'],
  )
}

/** `sluice site show <domain>`. */
export const showSite: Command = async (context, input) => {
  const domain = domainOf(input)
  const site = await withSites(context, (sites) => sites.get(domain))
  const script = scriptOf(context, site)
  answer(context, { ...shown(site), script }, [...describeSite(site), '', `  ${script}`])
}

/** `sluice site set <domain>`. */
export const setSite: Command = async (context, input) => {
  const [domain, changes] = [domainOf(input), settingsOf(input)]
  if (Object.keys(changes).length === 0) {
    throw new UsageError('Nothing to set: `sluice site set --help` shows the flags.')
  }
  const site = await withSites(context, (sites) => sites.set(domain, changes))
  warnOfGroup(context, site)
  answer(context, shown(site), describeSite(site))
}

/** `sluice site remove <domain>`. */
export const removeSite: Command = async (context, input) => {
  const domain = domainOf(input)
  await withSites(context, (sites) => sites.remove(domain))
  answer(context, { removed: domain }, [
    `${domain} is removed: nothing is accepted for it any more and its keys are revoked.`,
  ])
}

function withSites<T>(context: CliContext, act: (sites: Sites) => Promise<T> | T): Promise<T> {
  return withAudit(context, (store, audit) => act(createSites({ store, clock: systemClock, audit })))
}

function domainOf(input: Input): string {
  return typed(() => normalizeDomain(input.words[0] ?? ''))
}

function settingsOf(input: Input): Partial<SiteSettings> {
  const timezone = input.text('timezone')
  // Words that are in no list are refused below.
  const preConsent = input.text('pre-consent') as SiteSettings['preConsent'] | undefined
  const scope = input.text('minimum-group-scope') as SiteSettings['minimumGroupScope'] | undefined
  const subdomains = input.claim('subdomains')
  const eventWindow = input.text('event-window')
  const minimumGroup = input.text('minimum-group')
  const properties = input.text('properties')
  const traits = input.text('traits')
  const settings = {
    ...(timezone !== undefined && { timezone }),
    ...(preConsent !== undefined && { preConsent }),
    ...(subdomains !== undefined && { subdomains }),
    ...(eventWindow !== undefined && { eventWindowDays: daysOf(eventWindow) }),
    ...(minimumGroup !== undefined && {
      minimumGroup: /^\d{1,4}$/.test(minimumGroup) ? Number(minimumGroup) : NaN,
    }),
    ...(scope !== undefined && { minimumGroupScope: scope }),
    ...(properties !== undefined && { properties: namesIn(properties) }),
    // Words that are in no list are refused below.
    ...(traits !== undefined && { traits: namesIn(traits) as Trait[] }),
  }
  return typed(() => checkSettings(settings))
}

/** The names of a list with commas; `none` is none. */
function namesIn(list: string): string[] {
  return list === 'none' ? [] : list.split(',').map((name) => name.trim())
}

/**
 * Days of a span, `400d` or `13mo`. Months count as long as they can be: thirteen are a year and a month of 31 days.
 * Throws UsageError for anything else.
 */
export function daysOf(span: string): number {
  const [, digits, unit] = /^(\d{1,4})(d|mo)$/.exec(span) ?? []
  if (digits === undefined) {
    throw new UsageError('--event-window takes days or months, like 400d or 13mo.')
  }
  const count = Number(digits)
  if (unit === 'd') return count
  return Math.round(365.25 * Math.floor(count / 12)) + Math.ceil(30.4375 * (count % 12))
}

function scriptOf(context: CliContext, site: SiteRecord): string {
  return scriptTag(site, context.config.publicUrl)
}

/** What people and programs are shown. The id stays inside: it is nobody's business and no command takes it. */
function shown(site: SiteRecord): object {
  const { id: _, addedAt, nextTimezone, ...settings } = site
  return {
    ...settings,
    ...(nextTimezone && {
      nextTimezone: { timezone: nextTimezone.timezone, from: new Date(nextTimezone.fromMs).toISOString() },
    }),
    added: new Date(addedAt).toISOString(),
  }
}

function describeSite(site: SiteRecord): string[] {
  const next = site.nextTimezone
  const lines: [string, string][] = [
    ['domain', site.domain],
    [
      'timezone',
      next ? `${site.timezone}, ${next.timezone} from ${new Date(next.fromMs).toISOString()}` : site.timezone,
    ],
    ['pre-consent', site.preConsent],
    ['subdomains', site.subdomains ? 'yes' : 'no'],
    ['event window', `${site.eventWindowDays} days`],
    ['minimum group', `${site.minimumGroup} (${site.minimumGroupScope})`],
    ['properties', site.properties.join(', ') || 'none'],
    ['traits', site.traits.join(', ') || 'none'],
    ['goals', site.goals.map(({ name }) => name).join(', ') || 'none'],
  ]
  return lines.map(([name, value]) => `${name.padEnd(14)} ${value}`)
}

function warnOfGroup(context: CliContext, site: SiteRecord): void {
  if (site.minimumGroup > 1) return
  context.stderr.write(
    `Warning: with a minimum group of 1 nothing is folded, and an answer about ${site.domain} can be about one visitor.\n`,
  )
}
