import { useEffect, useState } from 'preact/hooks'
import type { Pending } from './answers.ts'
import { useSurroundings } from './context.ts'

/** What a route answered. */
export interface Asked<T> {
  value: T
  /** The server's clock when it answered, milliseconds. */
  now: number
}

/** Asks a route other than the query API, and again at each beat; undefined: it rests. The latest answer stays meanwhile. */
export function useAsked<T>(path: string | undefined, beat: number): Pending<Asked<T>> {
  const { api, signedOut } = useSurroundings()
  const [attempt, setAttempt] = useState(0)
  const [stage, setStage] = useState<Omit<Pending<Asked<T>>, 'again' | 'isBusy'> & { settled: string }>({
    latest: undefined,
    settled: '',
    failure: undefined,
  })
  const settlement = `${attempt} ${path ?? ''}`
  useEffect(() => {
    if (path === undefined) return undefined
    let isCurrent = true
    async function ask(asked: string) {
      const reply = await api.send<T>('GET', asked)
      if (!isCurrent) return
      if (reply.ok) {
        setStage({
          latest: { value: reply.value, now: reply.now },
          settled: settlement,
          failure: undefined,
        })
      } else if (reply.failure.kind === 'signed-out') signedOut()
      else setStage((before) => ({ ...before, settled: settlement, failure: reply.failure }))
    }
    void ask(path)
    return () => {
      isCurrent = false
    }
  }, [api, path, beat, settlement, signedOut])
  const isBusy = path !== undefined && stage.settled !== settlement
  return {
    latest: stage.latest,
    isBusy,
    failure: isBusy ? undefined : stage.failure,
    again: () => setAttempt((count) => count + 1),
  }
}
