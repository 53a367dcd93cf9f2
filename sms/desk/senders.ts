import { keepFee } from '../fees.ts'
import { senderClassOf, type SenderClass } from '../limits.ts'
import type { SmsParts } from '../parts.ts'
import { parseNumber } from '../phone.ts'
import type { Actor } from '../ports.ts'
import { USE_CASES, type UseCase } from '../program.ts'
import type { Prices, Sender } from '../store/senders.ts'
import { SENDER_STATES, type SenderState } from '../store/tables.ts'
import { refused, type Refused } from './refused.ts'

/** A number to send from, as it is entered or as the provider tells of it. */
export interface GivenSender {
  /** As people write it. */
  readonly number: string
  readonly features: readonly string[]
  /** Status of its campaign, in the provider's words. */
  readonly campaign: string
  readonly useCases: readonly string[]
  /** What it is said to be; absent: what number and features make it. */
  readonly class?: string | undefined
  readonly confirmationBy?: 'provider' | 'self' | undefined
  readonly prices?: Prices | undefined
}

export interface SenderDesk {
  list(): Promise<Sender[]>
  add(given: GivenSender, actor: Actor): Promise<Sender | Refused>
  /** What the provider says now. */
  update(id: string, given: Omit<GivenSender, 'number' | 'class'>, actor: Actor): Promise<Sender | Refused>
  /** By a person, for the better too. */
  setState(id: string, state: string, reason: string, actor: Actor): Promise<Sender | Refused>
  /**
   * Writes down what a carrier charged for it beside its messages, as of now.
   * @param amount millionths of a dollar
   */
  addFee(id: string, amount: number, reason: string, actor: Actor): Promise<Sender | Refused>
}

/** Millionths of a dollar: more is a slip of the finger. */
const MOST_FEE = 1_000_000_000_000
const NO_PRICES: Prices = { segment: 0, surcharge: 0 }

export function createSenderDesk(parts: SmsParts): SenderDesk {
  const { store, senders, audit, random, clock } = parts
  return {
    list: () => senders.list(store.db),
    add: async (given, actor) => {
      const parsed = parseNumber(given.number, 'US')
      if ('fault' in parsed) {
        return refused(
          400,
          'The sender’s number is none of the United States or Canada: write it with its area code.',
        )
      }
      const kind = senderClassOf(parsed.number, given.features)
      const known = knownOf(given, kind)
      if (kind === undefined || 'is' in known) return 'is' in known ? known : refused(400, 'No sender.')
      if (given.class !== undefined && given.class !== kind) {
        return refused(
          422,
          `The number is a ${kind} sender by its features, not a ${given.class}: leave the class out.`,
        )
      }
      return store.transaction(async (transaction) => {
        if (await senders.byNumber(transaction, parsed.number)) {
          return refused(409, 'This number is a sender already: `sluice sms sender list` shows it.')
        }
        const sender = await senders.add(transaction, { number: parsed.number, class: kind, ...known })
        await audit.append(transaction, {
          actor,
          action: 'sms.sender.added',
          subject: sender.id,
          detail: { class: kind, campaign: sender.campaign },
        })
        return sender
      })
    },
    update: (id, given, actor) =>
      store.transaction(async (transaction) => {
        const sender = await senders.byId(transaction, id)
        if (!sender) return noSender()
        const known = knownOf(given, sender.class)
        if ('is' in known) return known
        await senders.update(transaction, id, known)
        await audit.append(transaction, {
          actor,
          action: 'sms.sender.changed',
          subject: id,
          detail: { campaign: known.campaign, confirmationBy: known.confirmationBy },
        })
        return { ...sender, ...known }
      }),
    setState: (id, state, reason, actor) =>
      store.transaction(async (transaction) => {
        const sender = await senders.byId(transaction, id)
        if (!sender) return noSender()
        if (!isState(state)) return refused(400, `A sender is ${SENDER_STATES.join(', ')}: choose one.`)
        await senders.setState(transaction, id, state, reason)
        await audit.append(transaction, {
          actor,
          action: 'sms.sender.state',
          subject: id,
          reason,
          detail: { from: sender.state, to: state },
        })
        return { ...sender, state, stateReason: reason, trialAt: undefined, relapses: 0 }
      }),
    addFee: (id, amount, reason, actor) =>
      store.transaction(async (transaction) => {
        const sender = await senders.byId(transaction, id)
        if (!sender) return noSender()
        if (!Number.isInteger(amount) || amount < 1 || amount > MOST_FEE) {
          return refused(400, 'A fee is a whole number of millionths of a dollar, a million dollars at most.')
        }
        await keepFee(transaction, random, { senderId: id, amount, note: reason, at: clock.now() })
        await audit.append(transaction, {
          actor,
          action: 'sms.sender.fee',
          subject: id,
          reason,
          detail: { amount },
        })
        return sender
      }),
  }
}

function knownOf(
  given: Omit<GivenSender, 'number' | 'class'>,
  kind: SenderClass | undefined,
): Pick<Sender, 'features' | 'campaign' | 'useCases' | 'confirmationBy' | 'prices'> | Refused {
  const { features, campaign, useCases, prices = NO_PRICES } = given
  const unknown = useCases.find((one) => !isUseCase(one))
  if (unknown !== undefined) {
    return refused(
      400,
      `${JSON.stringify(unknown.slice(0, 40))} is no use case: choose of ${USE_CASES.join(', ')}.`,
    )
  }
  const isNetwork = kind === 'high-volume-toll-free'
  if (isNetwork && given.confirmationBy === 'self') {
    return refused(
      422,
      'The network confirms opt-outs of toll-free numbers: leave the confirmation to the provider.',
    )
  }
  // Of regular numbers nobody but us answers; of the others the provider does, and two answers are one too many.
  const confirmationBy = given.confirmationBy ?? (kind === 'regular' ? 'self' : 'provider')
  return { features, campaign, useCases: useCases.filter(isUseCase), confirmationBy, prices }
}

function isUseCase(text: string): text is UseCase {
  return USE_CASES.some((known) => known === text)
}

function isState(text: string): text is SenderState {
  return SENDER_STATES.some((known) => known === text)
}

function noSender(): Refused {
  return refused(404, 'There is no sender with this id: `sluice sms sender list` shows them.')
}
