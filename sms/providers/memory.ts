import type { Clock, ConsentChange, Lost, Order, Outcome, Picture, Provider } from '../ports.ts'
import type { Tokens } from '../token.ts'

/** What a handset got. */
export interface Received {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly text: string
  /** Pictures that came with it. */
  readonly media: readonly Picture[]
  /** Unix milliseconds. */
  readonly at: number
}

/** A provider that sends nothing anywhere: for tests, demonstrations and dry runs. Numbers stay in memory, unmasked. */
export interface MemoryProvider extends Provider {
  /** In the order in which they left. */
  readonly received: readonly Received[]
  /** Opt-outs and their ends, as it was told. */
  readonly pushed: readonly ConsentChange[]
  /** Makes the next orders come out so, one each; afterwards they are accepted again. */
  answerWith(...outcomes: Exclude<Outcome, { is: 'accepted' }>[]): void
  /** Makes the next orders leave with their answers lost: `unknown`, and received. */
  loseAnswers(count: number): void
}

export function createMemoryProvider(tokens: Pick<Tokens, 'redeem'>, clock: Clock): MemoryProvider {
  const received: Received[] = []
  const pushed: ConsentChange[] = []
  const answers: Outcome[] = []
  let lost = 0
  const deliver = ({ from, to, text, media = [] }: Order): string => {
    const id = `memory-${received.length + 1}`
    received.push({ id, from: from.reveal(), to: to.reveal(), text, media, at: clock.now() })
    return id
  }
  const isLike = (one: Received, { from, to, text, after, before }: Lost): boolean =>
    one.from === from.reveal() &&
    one.to === to.reveal() &&
    one.text === text &&
    one.at >= after &&
    one.at <= before
  return {
    name: 'memory',
    capabilities: { batch: 1, answersWithinMs: 1_000, visibleWithinMs: 1_000 },
    received,
    pushed,
    answerWith: (...outcomes) => void answers.push(...outcomes),
    loseAnswers: (count) => {
      lost += count
    },
    send: async (order) => {
      tokens.redeem(order.token)
      const answer = answers.shift()
      if (answer) return answer
      const id = deliver(order)
      if (lost === 0) return { is: 'accepted', id }
      lost--
      return { is: 'unknown' }
    },
    lookUp: async (wanted) => ({
      is: 'seen',
      messages: received.filter((one) => isLike(one, wanted)).map(({ id, at }) => ({ id, at })),
    }),
    listSince: async (cursor) => ({ events: [], cursor: cursor ?? '' }),
    pushConsent: async (change) => {
      pushed.push(change)
      return { is: 'done' }
    },
  }
}
