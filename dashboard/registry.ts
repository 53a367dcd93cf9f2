/**
 * The views of the dashboard in the order of the navigation, by group. The overview is not among them: it is part of the
 * first load, and everything here is fetched when it is opened.
 *
 * To add a view:
 * 1. A folder `dashboard/<name>/` with a component of `ViewProps` that draws a `Frame` (views/frame.tsx) with `Card`s
 *    (views/card.tsx) in it. It asks with `useAnswer` (answers.ts), and again at each beat of the frame.
 * 2. One line here, and the view's name under `views` in text/en.ts and text/de.ts. What it asks besides the query API has
 *    a permission of its own in `NEEDS`.
 * 3. Its other texts in a file of its own in each language, chosen with `wordsIn` (text/words.ts), so that the first load
 *    does not carry them. Its style in a file of its own that main.css imports: a style cannot be loaded on demand.
 *
 * Site, period, comparison and filters are those of every view. What else a view's address says is `view.own`, read with
 * `ownValues` and written with `withOwn` (own.ts); it is dropped on the way to another view.
 */
import type { ComponentType } from 'preact'
import type { SiteEntry } from './api.ts'

export interface ViewProps {
  site: SiteEntry
  /** Whether the reader has a permission, as in docs/api.md: what they may not do is not offered. */
  may: (permission: string) => boolean
}

export type LoadView = () => Promise<ComponentType<ViewProps>>

export const VIEWS = {
  visitors: {
    realtime: async () => (await import('./realtime/realtime.tsx')).Realtime,
    places: async () => (await import('./places/places.tsx')).Places,
    times: async () => (await import('./times/times.tsx')).Times,
  },
  behaviour: {
    funnels: async () => (await import('./goals/goals.tsx')).Goals,
    journeys: async () => (await import('./journeys/journeys.tsx')).Journeys,
    returning: async () => (await import('./retention/retention.tsx')).Retention,
    clicks: async () => (await import('./clicks/clicks.tsx')).Clicks,
    email: async () => (await import('./email/email.tsx')).Email,
    calls: async () => (await import('./calls/calls.tsx')).Calls,
    sms: async () => (await import('./sms/sms.tsx')).Sms,
  },
  quality: {
    requests: async () => (await import('./requests/requests.tsx')).Requests,
    errors: async () => (await import('./errors/errors.tsx')).Errors,
    vitals: async () => (await import('./vitals/vitals.tsx')).Vitals,
    consent: async () => (await import('./consent/consent.tsx')).Consent,
    quality: async () => (await import('./quality/quality.tsx')).Quality,
  },
} as const satisfies Record<string, Record<string, LoadView>>
export type ViewGroup = keyof typeof VIEWS
type Listed = { [Group in ViewGroup]: keyof (typeof VIEWS)[Group] }[ViewGroup]

/** Views that others lead to, and the navigation does not name. */
export const UNLISTED = {
  details: async () => (await import('./details/details.tsx')).Details,
} as const satisfies Record<string, LoadView>
export type ViewName = Listed | keyof typeof UNLISTED

/** Names that no view has, since both stand in `show=`. Pages about the installation, not about what was measured: settings/settings.tsx draws them. */
export const SETTINGS_PAGES = [
  'account',
  'site',
  'snippet',
  'goals',
  'policy',
  'sharing',
  'reports',
  'keys',
  'retention',
  'disclosure',
  'people',
  'audit',
] as const
export type SettingsPage = (typeof SETTINGS_PAGES)[number]

export type PageName = 'numbers' | ViewName | SettingsPage

const LOADERS: Readonly<Record<ViewName, LoadView>> = {
  ...VIEWS.visitors,
  ...VIEWS.behaviour,
  ...VIEWS.quality,
  ...UNLISTED,
}

/** What a view takes besides, where that is not to ask about visits: its answers come from another route. */
const NEEDS: Partial<Record<PageName, string>> = { sms: 'sms.read' }

/** Whether a page of numbers is for somebody: what they may not ask for is neither named nor opened. */
export function isFor(page: PageName, may: ViewProps['may']): boolean {
  return may(NEEDS[page] ?? 'query')
}

/** What is shown where the address names a view that is not for the reader: the first that is. */
export function shownTo(page: PageName, may: ViewProps['may']): PageName {
  return isFor(page, may) ? page : (PAGES.find((one) => !isSettingsPage(one) && isFor(one, may)) ?? page)
}

export const VIEW_GROUPS = Object.keys(VIEWS) as ViewGroup[]

export function viewsIn(group: ViewGroup): Listed[] {
  return Object.keys(VIEWS[group]) as Listed[]
}

/** Everything that `show=` may name. The overview is the default. */
export const PAGES: readonly PageName[] = [
  'numbers',
  ...(Object.keys(LOADERS) as ViewName[]),
  ...SETTINGS_PAGES,
]

export function isSettingsPage(page: PageName): page is SettingsPage {
  return SETTINGS_PAGES.some((known) => known === page)
}

/** How a view is fetched; undefined for the overview, which is there, and for pages of the settings. */
export function loaderOf(page: PageName): LoadView | undefined {
  return (LOADERS as Partial<Record<PageName, LoadView>>)[page]
}
