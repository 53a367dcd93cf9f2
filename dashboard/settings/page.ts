import type { ComponentType } from 'preact'
import type { SettingsPage } from '../registry.ts'

/** What a page about one site is given. */
export interface SitePageProps {
  /** Domain. */
  site: string
  /** Whether the reader has a permission, as in docs/api.md: what they may not do is not offered. */
  may: (permission: string) => boolean
}

/** A page about one site, fetched when it is opened. */
interface SitePage {
  /** Without it the page is not for the reader. */
  readonly needs: string
  readonly load: () => Promise<ComponentType<SitePageProps>>
}

export const SITE_PAGES = {
  site: {
    needs: 'settings.read',
    load: async () => (await import('./site/site.tsx')).SiteSettings,
  },
  snippet: {
    needs: 'settings.read',
    load: async () => (await import('./snippet/snippet.tsx')).Snippet,
  },
  goals: {
    needs: 'settings.read',
    load: async () => (await import('./goals/goals.tsx')).Goals,
  },
  policy: {
    needs: 'policy.read',
    load: async () => (await import('./policy/policy.tsx')).Policy,
  },
  retention: {
    needs: 'settings.read',
    load: async () => (await import('./retention/retention.tsx')).Retention,
  },
  disclosure: {
    needs: 'disclose',
    load: async () => (await import('./disclosure/disclosure.tsx')).Disclosure,
  },
  sharing: {
    needs: 'shares.read',
    load: async () => (await import('./sharing/sharing.tsx')).Sharing,
  },
  reports: {
    needs: 'reports.read',
    load: async () => (await import('./reports/reports.tsx')).Reports,
  },
  keys: {
    needs: 'keys.read',
    load: async () => (await import('./keys.tsx')).Keys,
  },
} as const satisfies Partial<Record<SettingsPage, SitePage>>
export type SitePageName = keyof typeof SITE_PAGES

export function isSitePage(page: SettingsPage): page is SitePageName {
  return Object.hasOwn(SITE_PAGES, page)
}
