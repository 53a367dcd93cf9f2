import { useLayoutEffect, useState } from 'preact/hooks'
import type { Query, Question, QueryAnswer } from '../schema/query.ts'
import type { Failure } from './api.ts'
import { useSurroundings } from './context.ts'

export interface Answered<Q extends Question = Query> {
  /** The question that this answers; while a newer one is under way, not the current one. */
  query: Q
  answer: QueryAnswer
  /** The server's clock when it answered, milliseconds. */
  now: number
}

/** Something that was asked of the server, and how far that is. */
export interface Pending<T> {
  /** The latest answer, kept while the next one is under way, so that nothing jumps. */
  latest: T | undefined
  isBusy: boolean
  failure: Failure | undefined
  again: () => void
}

export type Asking<Q extends Question = Query> = Pending<Answered<Q>>

interface Stage<Q extends Question> {
  latest: Answered<Q> | undefined
  /** Key of the question that is settled, by an answer or a failure. */
  settled: string
  failure: Failure | undefined
}

/**
 * Asks a question, and again when it or the beat changes. Without a question it rests. A browser holds six requests to one
 * server at a time, and parts ask before the page that they are on: those of a panel stand back for the headline's.
 */
export function useAnswer<Q extends Question = Query>(
  query: Q | undefined,
  beat = 0,
  turn: 'at once' | 'after the headline' = 'at once',
): Asking<Q> {
  const { api, signedOut } = useSurroundings()
  const [stage, setStage] = useState<Stage<Q>>({ latest: undefined, settled: '', failure: undefined })
  const [attempt, setAttempt] = useState(0)
  const key = query ? JSON.stringify(query) : ''
  const settlement = `${attempt} ${key}`

  // Not after the first paint: on a slow processor that is a quarter of a second.
  useLayoutEffect(() => {
    if (key === '') return undefined
    const asked = JSON.parse(key) as Q
    const leaving = new AbortController()
    async function ask() {
      if (turn === 'after the headline') await Promise.resolve()
      const reply = await api.query(asked, leaving.signal)
      await turnToDraw()
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

let lastTurn = Promise.resolve()

/**
 * Answers that come together are drawn one after the other, each in a task of its own: the page takes what the reader does
 * in between. Not by timers, which tabs in the background have one of a second.
 */
function turnToDraw(): Promise<void> {
  lastTurn = lastTurn.then(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.addEventListener('message', () => {
          port1.close()
          resolve()
        })
        port1.start()
        port2.postMessage(undefined)
      }),
  )
  return lastTurn
}

/** Whether an older answer may stay on the page: rows of another breakdown or site would be read as the new ones. */
function isOfSameThing(older: Question | undefined, newer: Question | undefined): boolean {
  return older?.site === newer?.site && breakdownOf(older) === breakdownOf(newer)
}

function breakdownOf(question: Question | undefined): string | undefined {
  return question && 'breakdown' in question ? question.breakdown : undefined
}
