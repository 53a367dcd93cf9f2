import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { isForBrowser } from '../navigation.ts'
import { Mark } from './mark.tsx'
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
  const { text, go, address } = useSurroundings()
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
          change={(domain) => go({ site: domain, filters: [] })}
        />
      )}
      {signOut && (
        <div class="header-end">
          {hasAccount && (
            <a
              class="button button-quiet"
              href={address({ show: 'account' })}
              onClick={(event) => {
                if (isForBrowser(event)) return
                event.preventDefault()
                go({ show: 'account' })
              }}
            >
              {text.account}
            </a>
          )}
          <button type="button" class="button button-quiet" onClick={signOut}>
            {text.signOut}
          </button>
        </div>
      )}
    </header>
  )
}
