import { useCallback, useEffect, useState } from 'preact/hooks'

/** How often realtime looks again. The server answers an accepted event within five seconds. */
const BEAT_MS = 10_000
/** A page that comes back to the front after this long looks again. */
const STALE_MS = 60_000

export interface Beat {
  /** Grows with each beat. */
  count: number
  now: () => void
}

/** A reason to ask again: the clock while it `runs`, a return to the page after a while, or the reader. */
export function useBeat(runs: boolean): Beat {
  const [count, setCount] = useState(0)
  const now = useCallback(() => setCount((before) => before + 1), [])

  useEffect(() => {
    if (!runs) return undefined
    // A page that nobody sees need not know.
    const timer = setInterval(() => document.hidden || now(), BEAT_MS)
    return () => clearInterval(timer)
  }, [runs, now])

  useEffect(() => {
    let hiddenAt = Infinity
    const follow = () => {
      if (document.hidden) hiddenAt = Date.now()
      else if (Date.now() - hiddenAt > STALE_MS) now()
    }
    document.addEventListener('visibilitychange', follow)
    return () => document.removeEventListener('visibilitychange', follow)
  }, [now])

  return { count, now }
}
