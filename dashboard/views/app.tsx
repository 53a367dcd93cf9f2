import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Api, Failure, SessionEntry, SiteEntry } from '../api.ts'
import { SurroundingsContext, type Surroundings } from '../context.ts'
import type { Format } from '../format.ts'
import { shareOf, takeLink, useNavigation } from '../navigation.ts'
import { isSettingsPage } from '../registry.ts'
import type { Text } from '../text/text.ts'
import { Dashboard } from './dashboard.tsx'
import { Header } from './header.tsx'
import { FailureNotice } from './notice.tsx'
import { OnDemand } from './on-demand.tsx'
import { NoSites } from './plain-pages.tsx'
import { SharedNote } from './shared-note.tsx'
import { SignIn } from './sign-in.tsx'

type Stage =
  | { name: 'starting' }
  | { name: 'signed-out' }
  | { name: 'setting-up'; token: string }
  /** A share link that has a password. */
  | { name: 'at-the-door' }
  | { name: 'failed'; failure: Failure }
  | { name: 'signed-in'; session: SessionEntry; now: number; sites: SiteEntry[] }

/** Pages that few readers open, or open once. */
const loadSetUp = async () => (await import('./set-up.tsx')).SetUp
const loadDoor = async () => (await import('./share-door.tsx')).ShareDoor
const loadSettings = async () => (await import('../settings/settings.tsx')).Settings

export interface AppProps {
  api: Api
  text: Text
  format: Format
}

/** Who is looking decides the page: nobody yet, somebody without a session, somebody with one. */
export function App({ api, text, format }: AppProps) {
  const [stage, setStage] = useState<Stage>({ name: 'starting' })
  const [attempt, setAttempt] = useState(0)
  const [said, setSaid] = useState('')
  const { view, go, address } = useNavigation()
  const again = useCallback(() => setAttempt((count) => count + 1), [])
  // What a share link was opened for ends after half a day: it is opened again.
  const isShared = view.share !== undefined
  const signedOut = useCallback(
    () => (isShared ? again() : setStage({ name: 'signed-out' })),
    [isShared, again],
  )
  const enter = useCallback(async () => setStage(await start(api)), [api])

  // Asked before the first paint, not after it.
  useLayoutEffect(() => {
    let isCurrent = true
    async function begin() {
      const link = takeLink()
      if (link?.kind === 'set-up') {
        setStage({ name: 'setting-up', token: link.token })
        return
      }
      if (link?.kind === 'look') await api.look(link.token)
      const share = shareOf(view)
      const door = share && (await api.openShare(share))
      if (door && !door.ok) {
        if (isCurrent) setStage({ name: 'failed', failure: door.failure })
        return
      }
      const isClosed = door !== undefined && 'wants' in door.value
      const next: Stage = isClosed ? { name: 'at-the-door' } : await start(api)
      if (isCurrent) setStage(next)
    }
    void begin()
    return () => {
      isCurrent = false
    }
  }, [api, attempt])

  // A link that is opened in a tab which shows the page already changes nothing but the part behind the `#`.
  useEffect(() => {
    addEventListener('hashchange', again)
    return () => removeEventListener('hashchange', again)
  }, [again])

  // Whoever has signed in within another tab is let in here.
  useEffect(() => {
    if (stage.name !== 'signed-out') return undefined
    const look = () => document.hidden || again()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [stage.name, again])

  const surroundings = useMemo<Surroundings>(
    () => ({ api, text, format, view, go, address, announce: setSaid, signedOut }),
    [api, text, format, view, signedOut],
  )

  const { role } = stage.name === 'signed-in' ? stage.session : {}
  const hasAccount = role !== undefined && role !== 'guest' && role !== 'share'

  async function signOut() {
    await api.signOut()
    signedOut()
    setSaid(text.signedOut)
  }

  return (
    <SurroundingsContext.Provider value={surroundings}>
      {stage.name === 'signed-in' && hasAccount && isSettingsPage(view.show) ? (
        <>
          <Header sites={[]} hasAccount signOut={() => void signOut()} />
          <main class="settings" tabIndex={-1}>
            <OnDemand load={loadSettings} props={stage} />
          </main>
        </>
      ) : stage.name === 'signed-in' && stage.sites.length > 0 ? (
        <>
          {role === 'share' && <SharedNote filters={stage.session.filters ?? []} />}
          <Dashboard
            sites={stage.sites}
            hasAccount={hasAccount}
            may={(permission) => stage.session.may?.includes(permission) ?? false}
            signOut={role === 'share' ? undefined : () => void signOut()}
          />
        </>
      ) : (
        <>
          <Header
            sites={[]}
            hasAccount={hasAccount}
            signOut={stage.name === 'signed-in' ? () => void signOut() : undefined}
          />
          <main class="plain" aria-busy={stage.name === 'starting'}>
            {stage.name === 'signed-out' && <SignIn done={again} />}
            {stage.name === 'setting-up' && (
              <OnDemand key={stage.token} load={loadSetUp} props={{ token: stage.token, done: again }} />
            )}
            {stage.name === 'at-the-door' && (
              <OnDemand load={loadDoor} props={{ done: () => void enter() }} />
            )}
            {stage.name === 'signed-in' && <NoSites />}
            {stage.name === 'failed' && <FailureNotice failure={stage.failure} again={again} />}
          </main>
        </>
      )}
      <p class="unseen" role="status">
        {said}
      </p>
    </SurroundingsContext.Provider>
  )
}

async function start(api: Api): Promise<Stage> {
  const [session, sites] = await Promise.all([api.session(), api.sites()])
  for (const reply of [session, sites]) {
    if (reply.ok) continue
    if (reply.failure.kind === 'signed-out') return { name: 'signed-out' }
    return { name: 'failed', failure: reply.failure }
  }
  if (!session.ok || !sites.ok) return { name: 'starting' }
  if (!session.value.signedIn) return { name: 'signed-out' }
  return { name: 'signed-in', session: session.value, now: session.now, sites: sites.value.sites }
}
