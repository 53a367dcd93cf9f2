import { useEffect, useMemo } from 'preact/hooks'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { NotesContext } from '../notes/context.ts'
import { loaderOf, shownTo } from '../registry.ts'
import { fill } from '../text/text.ts'
import { Header } from './header.tsx'
import { Notice } from './notice.tsx'
import { OnDemand } from './on-demand.tsx'
import { Overview } from './overview.tsx'
import { Rail } from './rail.tsx'

export interface DashboardProps {
  /** At least one. */
  sites: SiteEntry[]
  hasAccount: boolean
  may: (permission: string) => boolean
  /** Absent where there is nothing to sign out of: a share link was opened. */
  signOut: (() => void) | undefined
}

/** One site: the views there are, and the one that the address names. */
export function Dashboard({ sites, hasAccount, may, signOut }: DashboardProps) {
  const { text, view } = useSurroundings()
  const wanted = view.site ?? sites[0]?.domain ?? ''
  const site = sites.find(({ domain }) => domain === wanted)
  const shown = shownTo(view.show, may)
  const load = loaderOf(shown)
  const notesOf = useMemo(
    () => ({ site: may('notes.read') ? wanted : undefined, mayWrite: may('notes.write') }),
    [wanted, may],
  )

  return (
    <>
      <a class="skip" href="#numbers" onClick={skip}>
        {text.skip}
      </a>
      <Header sites={sites} site={wanted} hasAccount={hasAccount} signOut={signOut} />
      <div class="views">
        <Rail shown={shown} may={may} />
        <main id="numbers" tabIndex={-1}>
          <NotesContext.Provider value={notesOf}>
            {site === undefined ? (
              <UnknownSite site={wanted} />
            ) : load ? (
              <OnDemand key={shown} load={load} props={{ site, may }} />
            ) : (
              <Overview site={site} />
            )}
          </NotesContext.Provider>
        </main>
      </div>
    </>
  )
}

function UnknownSite({ site }: { site: string }) {
  const { text } = useSurroundings()
  useEffect(() => {
    document.title = `${site} · ${text.product}`
  }, [site, text])
  return (
    <section class="card plain-card">
      <h1 class="unseen">{site}</h1>
      <Notice title={fill(text.unknownSite.title, { site })} sentence={text.unknownSite.how} />
    </section>
  )
}

/** Moves to the numbers without touching the address: its hash is not part of the view. */
function skip(event: MouseEvent) {
  event.preventDefault()
  document.getElementById('numbers')?.focus()
}
