import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { Api, Failure, SiteEntry } from '../api.ts'
import { SurroundingsContext, type Surroundings } from '../context.ts'
import type { Format } from '../format.ts'
import { useNavigation } from '../navigation.ts'
import type { Text } from '../text/text.ts'
import { Dashboard } from './dashboard.tsx'
import { Header } from './header.tsx'
import { FailureNotice } from './notice.tsx'
import { NoSites, SignedOut } from './plain-pages.tsx'

type Stage =
  | { name: 'starting' }
  | { name: 'signed-out' }
  | { name: 'failed'; failure: Failure }
  | { name: 'signed-in'; sites: SiteEntry[] }

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
  const signedOut = useCallback(() => setStage({ name: 'signed-out' }), [])

  useEffect(() => {
    let isCurrent = true
    async function begin() {
      const next = await start(api)
      if (isCurrent) setStage(next)
    }
    void begin()
    return () => {
      isCurrent = false
    }
  }, [api, attempt])

  // The one-time link is often opened in another tab; whoever comes back here is let in.
  useEffect(() => {
    if (stage.name !== 'signed-out') return undefined
    const look = () => document.hidden || setAttempt((count) => count + 1)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [stage.name])

  const surroundings = useMemo<Surroundings>(
    () => ({ api, text, format, view, go, address, announce: setSaid, signedOut }),
    [api, text, format, view, signedOut],
  )

  async function signOut() {
    await api.signOut()
    signedOut()
    setSaid(text.signedOut)
  }

  return (
    <SurroundingsContext.Provider value={surroundings}>
      {stage.name === 'signed-in' && stage.sites.length > 0 ? (
        <Dashboard sites={stage.sites} signOut={() => void signOut()} />
      ) : (
        <>
          <Header sites={[]} signOut={stage.name === 'signed-in' ? () => void signOut() : undefined} />
          <main class="plain" aria-busy={stage.name === 'starting'}>
            {stage.name === 'signed-out' && <SignedOut />}
            {stage.name === 'signed-in' && <NoSites />}
            {stage.name === 'failed' && (
              <FailureNotice failure={stage.failure} again={() => setAttempt((count) => count + 1)} />
            )}
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
  if (session.ok && !session.value.signedIn) return { name: 'signed-out' }
  return sites.ok ? { name: 'signed-in', sites: sites.value.sites } : { name: 'starting' }
}
