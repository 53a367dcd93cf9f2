import { useEffect, useState } from 'preact/hooks'
import type { Query, QueryAnswer } from '../schema/query.ts'
import type { Failure } from './api.ts'
import { useSurroundings } from './context.ts'

export interface Answered {
  /** The question that this answers; while a newer one is under way, not the current one. */
  query: Query
  answer: QueryAnswer
  /** The server's clock when it answered, milliseconds. */
  now: number
}

export interface Asking {
  /** The latest answer, kept while the next one is under way, so that nothing jumps. */
  latest: Answered | undefined
  isBusy: boolean
  failure: Failure | undefined
  again: () => void
}

interface Stage {
  latest: Answered | undefined
  /** Key of the question that is settled, by an answer or a failure. */
  settled: string
  failure: Failure | undefined
}

/** Asks a question, and again when it or the beat changes. Without a question it rests. */
export function useAnswer(query: Query | undefined, beat = 0): Asking {
  const { api, signedOut } = useSurroundings()
  const [stage, setStage] = useState<Stage>({ latest: undefined, settled: '', failure: undefined })
  const [attempt, setAttempt] = useState(0)
  const key = query ? JSON.stringify(query) : ''
  const settlement = `${attempt} ${key}`

  useEffect(() => {
    if (key === '') return undefined
    const asked = JSON.parse(key) as Query
    const leaving = new AbortController()
    async function ask() {
      const reply = await api.query(asked, leaving.signal)
      if (leaving.signal.aborted) return
      if (reply.ok) {
        const latest = { query: asked, answer: reply.value, now: reply.now }
        setStage({ latest, settled: settlement, failure: undefined })
      } else if (reply.failure.kind === 'signed-out') signedOut()
      else setStage((before) => ({ ...before, settled: settlement, failure: reply.failure }))
    }
    void ask()
    return () => leaving.abort()
  }, [api, key, settlement, beat, signedOut])

  const isBusy = key !== '' && stage.settled !== settlement
  return {
    latest: isOfSameThing(stage.latest?.query, query) ? stage.latest : undefined,
    isBusy,
    failure: isBusy ? undefined : stage.failure,
    again: () => setAttempt((count) => count + 1),
  }
}

/** Whether an older answer may stay on the page: rows of another breakdown or site would be read as the new ones. */
function isOfSameThing(older: Query | undefined, newer: Query | undefined): boolean {
  return older?.site === newer?.site && older?.breakdown === newer?.breakdown
}
