import type { PhoneNumber } from '../../phone.ts'
import type { Clock, Log, Order, Outcome, Provider } from '../../ports.ts'
import type { Tokens } from '../../token.ts'
import { createAccess, type Access } from './access.ts'
import { ANSWER_MS, codeOf, createClient, type Client } from './client.ts'
import { createConsents } from './consents.ts'
import type { Fingerprint } from './events.ts'
import { createGates } from './gates.ts'
import { listSince } from './listing.ts'
import { lookUp } from './lookup.ts'
import { readNumbers } from './numbers.ts'
import type { Lists } from './pages.ts'
import { createSending } from './send.ts'
import { baseUrlOf, type RingCentralSettings } from './settings.ts'
import type { Fetch } from './transport.ts'

export interface RingCentralParts {
  readonly settings: RingCentralSettings
  readonly clock: Clock
  readonly tokens: Pick<Tokens, 'redeem'>
  readonly log: Log
  readonly fingerprint: Fingerprint
  /** Default: that of Node. */
  readonly fetch?: Fetch
  /** Waits. Default: the time of the machine. */
  readonly pause?: (ms: number) => Promise<void>
}

export interface RingCentral extends Provider {
  readonly client: Client
  readonly access: Access
}

/** Most messages of a batch: what leaves RingCentral's queue within seconds, since nothing in it can be called back. */
const BATCH = 10
/** How long numbers are taken for what they were, so that one that was added is known within the hour. */
const NUMBERS_MS = 3_600_000
/** While numbers are being read. */
const SOON_MS = 500
/** Messages show in lists within seconds; nobody promises it. */
const VISIBLE_MS = 60_000

/** RingCentral, by its interface over HTTP. Throws Error where its address is neither https nor this machine's. */
export function createRingCentral(parts: RingCentralParts): RingCentral {
  const { clock, log, fingerprint, tokens, fetch = globalThis.fetch } = parts
  const pause = parts.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))
  const url = baseUrlOf(parts.settings.url)
  if (url === undefined) throw new Error('RingCentral must be spoken to by https')
  const settings = { ...parts.settings, url }
  const gates = createGates(clock)
  const access = createAccess({ settings, clock, gates, fetch, log })
  const client = createClient({ settings, clock, gates, access, fetch })
  const { singly, batch } = createSending({ client, clock, tokens, pause })
  const kinds = createKinds(client, clock, log)

  /** In both where it is not known yet. */
  const listsOf = (from: PhoneNumber): Lists => {
    const kind = kinds.of(from)
    if (kind === undefined) return listsOfAccount()
    return kind === 'high-volume' ? ['high-volume'] : ['mailbox']
  }
  /** One needs a permission of its own. */
  const listsOfAccount = (): Lists => {
    const scopes = access.scopes()
    const lists = ['high-volume', 'mailbox'] as const
    return scopes.length === 0
      ? lists
      : lists.filter((list) => scopes.includes(list === 'mailbox' ? 'ReadMessages' : 'A2PSMS'))
  }
  const later = ({ token }: Order): Outcome => {
    tokens.redeem(token)
    client.warmUp()
    return { is: 'throttled', until: clock.now() + SOON_MS }
  }

  async function handOver(orders: readonly Order[]): Promise<readonly Outcome[]> {
    const [first] = orders
    if (!first) return []
    const kind = kinds.of(first.from)
    if (kind === undefined) return orders.map(later)
    return kind === 'high-volume' ? batch(orders) : singly(orders)
  }

  return {
    name: 'ringcentral',
    capabilities: { batch: BATCH, answersWithinMs: 2 * ANSWER_MS, visibleWithinMs: VISIBLE_MS },
    client,
    access,
    async send(order) {
      const [outcome] = await handOver([order])
      return outcome ?? { is: 'unknown' }
    },
    sendBatch: handOver,
    lookUp: (lost) => lookUp(client, clock, lost, listsOf(lost.from)),
    async listSince(cursor) {
      // So that it is known what may be listed.
      await access.ready()
      return listSince(client, clock, cursor, { lists: listsOfAccount(), fingerprint })
    },
    pushConsent: createConsents(client, clock),
  }
}

/** Which numbers may send many, read from the account now and then; a number that is not there counts as a regular one. */
function createKinds(
  client: Client,
  clock: Clock,
  log: Pick<Log, 'warn'>,
): { of(from: PhoneNumber): 'high-volume' | 'regular' | undefined } {
  let known: ReadonlySet<string> | undefined
  let nextAt = 0
  const refresh = async (): Promise<void> => {
    const read = await readNumbers(client, clock, false)
    if (read.is === 'unavailable') {
      nextAt = read.until
      if (read.status !== undefined) {
        const fields = { status: read.status, code: codeOf(read.json) }
        log.warn(
          fields,
          'the numbers of the RingCentral account cannot be read: `sluice sms connect` says why',
        )
      }
      return
    }
    known = new Set(
      read.numbers.filter(({ features }) => features.includes('A2PSmsSender')).map(({ number }) => number),
    )
  }
  return {
    of(from) {
      if (clock.now() >= nextAt) {
        nextAt = clock.now() + NUMBERS_MS
        void refresh()
      }
      if (!known) return undefined
      return known.has(from.reveal()) ? 'high-volume' : 'regular'
    },
  }
}
