import { field, listOf, textOf, timeOf } from '../../unknown.ts'
import type { Clock, Log } from '../../ports.ts'
import { codeOf, type Called, type Client } from './client.ts'

/** Where events are to come to. */
export interface HookAddress {
  readonly address: string
  /** What each event has to carry. */
  readonly verificationToken: string
}

/** How it is with the events. */
export type Watched =
  | {
      readonly is: 'active'
      readonly id: string
      readonly expiresAt: number
      /** Filters that are not delivered, with the permission or reason. */
      readonly disabled: readonly { readonly filter: string; readonly reason: string }[]
      /** What was done about it this time. */
      readonly did: 'nothing' | 'created' | 'renewed' | 'replaced'
    }
  /** There is none, and it could not be made: the API's code, or how no answer came. */
  | { readonly is: 'missing'; readonly code: string }

/** Everything that is told of. */
const FILTERS = [
  '/restapi/v1.0/account/~/extension/~/message-store/instant?type=SMS',
  '/restapi/v1.0/account/~/a2p-sms/messages?direction=Inbound',
  '/restapi/v1.0/account/~/a2p-sms/messages?direction=Outbound',
  '/restapi/v1.0/account/~/a2p-sms/opt-outs',
  '/restapi/v2/accounts/~/sms/consents',
  '/restapi/v1.0/subscription/~?threshold=86400&interval=3600',
]
/** Ten years, the most there is. */
const SECONDS = 315_360_000
/** It is made longer when less than this is left. */
const RENEW_MS = 7 * 24 * 3_600_000
const PATH = '/restapi/v1.0/subscription'

/**
 * Looks whether events come, and mends what can be mended: a subscription that RingCentral has blacklisted brings none any
 * more, for good, so it is deleted and another one made. Doubles are deleted. While this asks for one, RingCentral asks
 * the hook whether it is one: the hook must be open before.
 */
export async function watchSubscription(
  client: Client,
  clock: Clock,
  log: Pick<Log, 'info' | 'warn'>,
  hook: HookAddress,
): Promise<Watched> {
  const listed = await client.ask({ method: 'GET', path: PATH, group: 'light' })
  if (listed.is !== 'answer' || listed.status !== 200) return missing(listed)
  const ours = listOf(field(listed.json, 'records')).filter(
    (one) => field(one, 'deliveryMode', 'address') === hook.address,
  )
  const [kept, ...doubles] = [...ours.filter(isGood), ...ours.filter((one) => !isGood(one))]
  for (const one of doubles) await remove(one)
  if (kept === undefined) return create('created')
  if (!isGood(kept)) {
    log.warn(
      { reason: textOf(field(kept, 'blacklistedData', 'reason')) ?? '' },
      'RingCentral had stopped all events: they are asked for anew',
    )
    await remove(kept)
    return create('replaced')
  }
  if (expiryOf(kept) - clock.now() > RENEW_MS) return described(kept, 'nothing')
  const keptId = textOf(field(kept, 'id')) ?? ''
  const renewed = await client.ask({
    method: 'PUT',
    path: `${PATH}/${keptId}`,
    route: `${PATH}/{id}`,
    json: { eventFilters: FILTERS, expiresIn: SECONDS },
    group: 'medium',
  })
  if (renewed.is === 'answer' && renewed.status === 200) return described(renewed.json, 'renewed')
  return described(kept, 'nothing')

  async function create(did: 'created' | 'replaced'): Promise<Watched> {
    const made = await client.ask({
      method: 'POST',
      path: PATH,
      json: {
        eventFilters: FILTERS,
        deliveryMode: {
          transportType: 'WebHook',
          address: hook.address,
          verificationToken: hook.verificationToken,
        },
        expiresIn: SECONDS,
      },
      group: 'medium',
    })
    if (made.is !== 'answer' || made.status !== 200) return missing(made)
    log.info({ did }, 'RingCentral tells of events')
    return described(made.json, did)
  }
  async function remove(one: unknown): Promise<void> {
    const id = textOf(field(one, 'id'))
    if (id === undefined) return
    await client.ask({ method: 'DELETE', path: `${PATH}/${id}`, route: `${PATH}/{id}`, group: 'medium' })
  }
}

function isGood(subscription: unknown): boolean {
  return field(subscription, 'status') === 'Active'
}

function expiryOf(subscription: unknown): number {
  return timeOf(field(subscription, 'expirationTime')) ?? 0
}

function described(subscription: unknown, did: (Watched & { is: 'active' })['did']): Watched {
  const disabled = listOf(field(subscription, 'disabledFilters')).map((filter) => ({
    filter: textOf(field(filter, 'filter')) ?? '',
    reason: textOf(field(filter, 'message')) ?? textOf(field(filter, 'reason')) ?? '',
  }))
  const id = textOf(field(subscription, 'id')) ?? ''
  return { is: 'active', id, expiresAt: expiryOf(subscription), disabled, did }
}

function missing(called: Called): Watched {
  if (called.is !== 'answer') return { is: 'missing', code: called.is }
  return { is: 'missing', code: codeOf(called.json) ?? String(called.status) }
}
