import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { SessionEntry, SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { isSettingsPage, SETTINGS_PAGES, type SettingsPage } from '../registry.ts'
import { OnDemand } from '../views/on-demand.tsx'
import { PageLink } from '../views/page-link.tsx'
import { Account } from './account.tsx'
import { createSettingsApi } from './api.ts'
import { Choice } from './choice.tsx'
import { SettingsContext, type Settings as SettingsOf } from './context.ts'
import { isSitePage, SITE_PAGES } from './page.ts'
import { People } from './people.tsx'
import { settingsText } from './text/text.ts'

/** How long a second factor counts as fresh, in milliseconds; the server decides, this only spares a question. */
const FRESH_MS = 9 * 60_000

/** Pages about people and the installation, and what somebody needs to see them. */
const NEEDS: Partial<Record<SettingsPage, string>> = { people: 'accounts.read', audit: 'audit.read' }
const loadAudit = async () => (await import('./audit/audit.tsx')).Audit

export interface SettingsProps {
  session: SessionEntry
  /** When the server answered it, by its clock, in milliseconds. */
  now: number
  sites: SiteEntry[]
}

/** One's own account for everybody; a site, people and the installation for those who may see them. */
export function Settings({ session, now, sites }: SettingsProps) {
  const { api, text, view } = useSurroundings()
  const words = useMemo(() => settingsText(document.documentElement.lang), [])
  const may = (permission: string) => session.may?.includes(permission) ?? false
  const until = Date.parse(session.confirmedUntil ?? '')
  const freshUntil = useRef(Number.isNaN(until) ? 0 : Date.now() + until - now)

  const [passkeys, setPasskeys] = useState(session.passkeys ?? 0)

  const settings = useMemo<SettingsOf>(() => {
    const { lang } = document.documentElement
    const times = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' })
    const days = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeZone: 'UTC' })
    return {
      api: createSettingsApi(api),
      words,
      time: (iso) => (iso === null ? words.never : times.format(new Date(iso))),
      day: (iso) => (iso === null ? words.never : days.format(new Date(iso))),
      passkeys,
      setPasskeys,
      needsCode: () => Date.now() >= freshUntil.current,
      setConfirmed: (isConfirmed) => {
        freshUntil.current = isConfirmed ? Date.now() + FRESH_MS : 0
      },
    }
  }, [api, words, passkeys])

  const isFor = (page: SettingsPage) => {
    const needs = isSitePage(page) ? SITE_PAGES[page].needs : NEEDS[page]
    return needs === undefined || may(needs)
  }
  const shown = isSettingsPage(view.show) && isFor(view.show) ? view.show : 'account'
  const title = words.pages[shown]
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title, text])

  return (
    <SettingsContext.Provider value={settings}>
      <nav class="settings-nav" aria-label={words.nav}>
        <PageLink class="button button-quiet" to={{ show: 'numbers' }}>
          {words.back}
        </PageLink>
        {SETTINGS_PAGES.filter(isFor).map((page) => (
          <PageLink
            key={page}
            class="button button-quiet"
            to={{ show: page, own: [] }}
            isCurrent={page === shown}
          >
            {words.pages[page]}
          </PageLink>
        ))}
      </nav>
      <h1>{title}</h1>
      {shown === 'account' && <Account />}
      {shown === 'people' && <People sites={sites} mayChange={may('accounts.write')} />}
      {shown === 'audit' && <OnDemand load={loadAudit} props={{ sites }} />}
      {isSitePage(shown) && <OfSite key={shown} load={SITE_PAGES[shown].load} sites={sites} may={may} />}
    </SettingsContext.Provider>
  )
}

interface OfSiteProps {
  load: (typeof SITE_PAGES)[keyof typeof SITE_PAGES]['load']
  sites: SiteEntry[]
  may: (permission: string) => boolean
}

/** A page about the site that is chosen above it. */
function OfSite({ load, sites, may }: OfSiteProps) {
  const { text, view, go } = useSurroundings()
  const site = view.site ?? sites[0]?.domain ?? ''
  if (sites.length === 0) return <p class="settings-lead">{text.noSites.title}</p>
  return (
    <>
      <Choice
        label={text.site}
        value={site}
        options={sites.map(({ domain }) => [domain, domain] as const)}
        change={(domain) => go({ site: domain, filters: [], own: [] })}
      />
      {/* Another site is another page: what was typed is not carried over. */}
      <OnDemand key={site} load={load} props={{ site, may }} />
    </>
  )
}
