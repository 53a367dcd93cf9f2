import { kindOf, type Events, type EventKind } from './events.ts'
import { isLoopback, postToHook } from './hook.ts'
import type { JsonObject } from './json.ts'
import { ApiError, field, readJson, type Call, type Reply } from './reply.ts'
import { isoTime, type Subscription, type World } from './world.ts'

const MOST_SUBSCRIPTIONS = 30
/** Ten years for webhooks; a week where nothing is said. */
const MOST_SECONDS = 315_360_000
const USUAL_SECONDS = 604_800
/** Headers and body of a hook's answer to the question whether it is one. */
const MOST_BYTES = 1_024

/** A reminder before the end, as a filter of the subscription itself. */
const REMINDER = /^\/restapi\/v1\.0\/subscription\/~\?threshold=(\d+)&interval=(\d+)$/

/** Permission that a filter needs. */
const NEEDS: Readonly<Record<EventKind, string>> = {
  'a2p-inbound': 'A2PSMS',
  'a2p-outbound': 'A2PSMS',
  'a2p-batch': 'A2PSMS',
  'a2p-opt-outs': 'A2PSMS',
  consents: 'SMS',
  instant: 'ReadMessages',
}

export interface Subscriptions {
  create(call: Call): Promise<Reply>
  list(): Reply
  read(call: Call): Reply
  update(call: Call): Reply
  remove(call: Call): Reply
}

export function createSubscriptions(world: World, events: Pick<Events, 'tell'>): Subscriptions {
  const { subscriptions, settings, clock, random } = world

  async function create(call: Call): Promise<Reply> {
    const body = readJson(call)
    const { address, verificationToken } = readMode(body['deliveryMode'])
    const { filters, disabled } = readFilters(body['eventFilters'])
    const expiresIn = readSeconds(body['expiresIn'])
    if (subscriptions.size >= MOST_SUBSCRIPTIONS) {
      throw new ApiError(403, 'SUB-505', 'Subscriptions limit exceeded')
    }
    await shakeHands(address, random.uuid(), verificationToken)
    const subscription: Subscription = {
      id: random.uuid(),
      createdAt: clock.now(),
      address,
      verificationToken,
      filters,
      disabled,
      expiresAt: clock.now() + expiresIn * 1000,
      expiresIn,
      status: 'Active',
      blacklisted: undefined,
      failures: 0,
    }
    subscriptions.set(subscription.id, subscription)
    remind(subscription)
    return { status: 200, json: describe(subscription) }
  }

  function readFilters(given: unknown): Pick<Subscription, 'filters' | 'disabled'> {
    const all = Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : []
    if (all.length === 0) throw new ApiError(400, 'SUB-508', 'Event filters are empty', 'eventFilters')
    if (!all.every((filter) => kindOf(filter) !== undefined || REMINDER.test(filter))) {
      throw new ApiError(400, 'SUB-516', 'Event filters are not supported', 'eventFilters')
    }
    const disabled = all.flatMap((filter) => {
      const scope = missingFor(filter)
      return scope === undefined
        ? []
        : [{ filter, reason: 'CMN-401', message: `Application permission [${scope}] is needed` }]
    })
    return { filters: all.filter((filter) => missingFor(filter) === undefined), disabled }
  }

  /** The permission that a filter would need and the application has not. */
  function missingFor(filter: string): string | undefined {
    const kind = kindOf(filter)
    return kind !== undefined && !settings.scopes.includes(NEEDS[kind]) ? NEEDS[kind] : undefined
  }

  /** Tells of the coming end within the threshold, again after each interval. */
  function remind(subscription: Subscription): void {
    const [, threshold, interval] = subscription.filters.map((one) => REMINDER.exec(one)).find(Boolean) ?? []
    if (threshold === undefined) return
    const wait = subscription.expiresAt - Number(threshold) * 1000 - clock.now()
    // Longer than timers of the machine can be.
    if (wait > 2 ** 31 - 1) return
    clock.after(Math.max(wait, 0), () => {
      const isThere = subscriptions.get(subscription.id) === subscription
      if (!isThere || subscription.status !== 'Active' || clock.now() >= subscription.expiresAt) return
      const event = `/restapi/v1.0/subscription/${subscription.id}?threshold=${threshold}&interval=${interval}`
      events.tell(subscription, event, describe(subscription))
      clock.after(Number(interval) * 1000, () => remind(subscription))
    })
  }

  function describe(subscription: Subscription): JsonObject {
    const { id, filters, disabled, createdAt, expiresAt, address, status, blacklisted } = subscription
    return {
      uri: `/restapi/v1.0/subscription/${id}`,
      id,
      eventFilters: filters,
      disabledFilters: disabled,
      expirationTime: isoTime(expiresAt),
      expiresIn: Math.max(Math.round((expiresAt - clock.now()) / 1000), 0),
      status,
      creationTime: isoTime(createdAt),
      deliveryMode: { transportType: 'WebHook', encryption: false, address },
      blacklistedData: blacklisted && {
        blacklistedAt: isoTime(blacklisted.at),
        reason: blacklisted.reason,
      },
    }
  }

  function known({ params }: Call): Subscription {
    sweep()
    const subscription = subscriptions.get(params['subscription'] ?? '')
    if (subscription) return subscription
    throw new ApiError(404, 'CMN-102', 'Resource for parameter [subscriptionId] is not found')
  }
  function sweep(): void {
    for (const { id, expiresAt } of subscriptions.values()) {
      if (expiresAt <= clock.now()) subscriptions.delete(id)
    }
  }

  return {
    create,
    list() {
      sweep()
      const records = [...subscriptions.values()].map(describe)
      return { status: 200, json: { uri: '/restapi/v1.0/subscription', records } }
    },
    read: (call) => ({ status: 200, json: describe(known(call)) }),
    update(call) {
      const subscription = known(call)
      const body = call.body.length === 0 ? {} : readJson(call)
      if (body['eventFilters'] !== undefined) Object.assign(subscription, readFilters(body['eventFilters']))
      subscription.expiresIn = readSeconds(body['expiresIn'] ?? subscription.expiresIn)
      subscription.expiresAt = clock.now() + subscription.expiresIn * 1000
      return { status: 200, json: describe(subscription) }
    },
    remove(call) {
      subscriptions.delete(known(call).id)
      return { status: 204 }
    },
  }
}

function readMode(mode: unknown): Pick<Subscription, 'address' | 'verificationToken'> {
  const [type, address, token] = ['transportType', 'address', 'verificationToken'].map((key) =>
    field(mode, key),
  )
  if (type !== 'WebHook')
    throw new ApiError(400, 'SUB-406', 'Transport type is not supported', 'deliveryMode.transportType')
  if (typeof address !== 'string' || !URL.canParse(address)) {
    throw new ApiError(
      400,
      'CMN-101',
      'Parameter [deliveryMode.address] value is invalid',
      'deliveryMode.address',
    )
  }
  if (!isLoopback(address)) {
    if (!address.startsWith('https:'))
      throw new ApiError(400, 'SUB-523', 'HTTPS is required', 'deliveryMode.address')
    // What is simulated stays on this machine.
    throw new ApiError(400, 'SUB-521', 'WebHook is not reachable', 'deliveryMode.address')
  }
  return { address, verificationToken: typeof token === 'string' ? token : undefined }
}

function readSeconds(given: unknown): number {
  const seconds = given ?? USUAL_SECONDS
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1) {
    return Math.min(seconds, MOST_SECONDS)
  }
  throw new ApiError(400, 'CMN-101', 'Parameter [expiresIn] value is invalid', 'expiresIn')
}

/** Asks an address whether it wants events: it must echo the token soon, in few bytes, before there is a subscription. */
async function shakeHands(
  address: string,
  token: string,
  verificationToken: string | undefined,
): Promise<void> {
  const answer = await postToHook(
    address,
    {
      'validation-token': token,
      ...(verificationToken !== undefined && { 'verification-token': verificationToken }),
    },
    '',
  )
  if (answer.is !== 'answered')
    throw new ApiError(400, 'SUB-521', 'WebHook is not reachable', 'deliveryMode.address')
  const { status, headers, bytes } = answer
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '')
  if (status !== 200 || !isJson || bytes > MOST_BYTES) {
    throw new ApiError(400, 'SUB-525', 'WebHook server response is invalid', 'deliveryMode.address')
  }
  if (headers['validation-token'] !== token) {
    throw new ApiError(
      400,
      'SUB-520',
      'WebHook server did not return the validation token',
      'deliveryMode.address',
    )
  }
}
