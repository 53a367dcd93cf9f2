import type { Answered } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'

/** The server promises an accepted event within five seconds; up to here an answer counts as up to date. */
const FRESH_MS = 15_000

/** An answer, and when it came by the server's clock. */
export type Told = Pick<Answered, 'answer' | 'now'>

export interface FreshnessProps {
  latest: Told | undefined
  refresh: () => void
  isPaused: boolean
  pause: (isPaused: boolean) => void
  /** Whether the page looks again by itself. Default: for the period realtime. */
  isLive?: boolean
}

/** Up to which moment the numbers count, and a way to look again or to hold still. */
export function Freshness({ latest, refresh, isPaused, pause, isLive }: FreshnessProps) {
  const { text, format, view } = useSurroundings()
  const isRealtime = isLive ?? view.period === 'realtime'
  return (
    <p class="freshness">
      <span>{latest && sentenceOf(latest)}</span>
      {isRealtime ? (
        <button type="button" class="button button-quiet" onClick={() => pause(!isPaused)}>
          {isPaused ? text.freshness.resume : text.freshness.pause}
        </button>
      ) : (
        <button type="button" class="button button-quiet" onClick={refresh}>
          {text.freshness.refresh}
        </button>
      )}
    </p>
  )

  function sentenceOf({ answer, now }: Told): string {
    const { freshness, timezone } = answer.meta
    const until = Date.parse(freshness)
    if (isRealtime && isPaused) return fill(text.freshness.paused, { time: format.clock(now, timezone) })
    const isFresh = Number.isNaN(until) || now - until <= FRESH_MS
    return isFresh
      ? fill(text.freshness.now, { time: format.clock(now, timezone) })
      : fill(text.freshness.behind, { time: format.clock(until, timezone) })
  }
}
