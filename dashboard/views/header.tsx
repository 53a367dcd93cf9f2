import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { Mark } from './mark.tsx'
import { PageLink } from './page-link.tsx'
import { Select } from './select.tsx'

export interface HeaderProps {
  sites: SiteEntry[]
  /** Domain of the site shown. */
  site?: string
  /** Whoever is signed in has an account: not so a guest of the demo. */
  hasAccount?: boolean
  /** Absent where nobody is signed in. */
  signOut: (() => void) | undefined
}

export function Header({ sites, site = '', hasAccount = false, signOut }: HeaderProps) {
  const { text, go } = useSurroundings()
  // A site that is not in the list, named by an old address, is still what the picker shows.
  const domains = sites.map(({ domain }) => domain)
  const options = site === '' || domains.includes(site) ? domains : [site, ...domains]
  return (
    <header class="header">
      <p class="brand">
        <Mark />
        <span class="brand-name">{text.product}</span>
      </p>
      {sites.length > 0 && (
        <Select
          label={text.site}
          class="select-site"
          value={site}
          options={options.map((domain) => [domain, domain])}
          // Filters of one site mean nothing on another.
          change={(domain) => go({ site: domain, filters: [], own: [] })}
        />
      )}
      {signOut && (
        <div class="header-end">
          {hasAccount && (
            <PageLink class="button button-quiet" to={{ show: 'account' }}>
              {text.account}
            </PageLink>
          )}
          <button type="button" class="button button-quiet" onClick={signOut}>
            {text.signOut}
          </button>
        </div>
      )}
    </header>
  )
}
