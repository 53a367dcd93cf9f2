import type { Order, Outcome, Provider } from '../ports.ts'
import type { Tokens } from '../token.ts'

/** What a handset got. */
export interface Received {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** A provider that sends nothing anywhere: for tests, demonstrations and dry runs. Numbers stay in memory, unmasked. */
export interface MemoryProvider extends Provider {
  /** In the order in which they left. */
  readonly received: readonly Received[]
  /** Makes the next orders come out so, one each; afterwards they are accepted again. */
  answerWith(...outcomes: Exclude<Outcome, { is: 'accepted' }>[]): void
  /** Makes the next orders leave with their answers lost: `unknown`, and received. */
  loseAnswers(count: number): void
}

export function createMemoryProvider(tokens: Pick<Tokens, 'redeem'>): MemoryProvider {
  const received: Received[] = []
  const answers: Outcome[] = []
  let lost = 0
  const deliver = ({ from, to, text }: Order): string => {
    received.push({ from: from.reveal(), to: to.reveal(), text })
    return `memory-${received.length}`
  }
  return {
    received,
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
  }
}
