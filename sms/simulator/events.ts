import { postToHook } from './hook.ts'
import { writeJson, type JsonObject } from './json.ts'
import { fineTime, finerDigits, type Subscription, type World } from './world.ts'

/** What happens that can be subscribed to, each with its filter. */
export const FILTERS = {
  'a2p-inbound': '/restapi/v1.0/account/~/a2p-sms/messages?direction=Inbound',
  'a2p-outbound': '/restapi/v1.0/account/~/a2p-sms/messages?direction=Outbound',
  'a2p-batch': '/restapi/v1.0/account/~/a2p-sms/batches',
  'a2p-opt-outs': '/restapi/v1.0/account/~/a2p-sms/opt-outs',
  consents: '/restapi/v2/accounts/~/sms/consents',
  instant: '/restapi/v1.0/account/~/extension/~/message-store/instant?type=SMS',
} as const
export type EventKind = keyof typeof FILTERS
export type Emit = (kind: EventKind, body: JsonObject) => void

/** How long after a failure an event is tried again, in milliseconds; afterwards it is lost. */
const AGAIN_MS = [1_000, 4_000]
/** How late an event comes that others overtake, at most. */
const LATE_MS = 1_500

export interface Events {
  /** Tells all who subscribed to it. */
  readonly emit: Emit
  /** Tells one. */
  tell(subscription: Subscription, event: string, body: JsonObject): void
}

/** Brings events to the hooks of those who subscribed, as well as the faults allow. */
export function createEvents(world: World): Events {
  const { settings, clock, random, subscriptions, faults } = world

  function tell(subscription: Subscription, event: string, body: JsonObject): void {
    const uuid = random.uuid()
    const envelope = writeJson({
      uuid,
      event,
      timestamp: fineTime(clock.now(), finerDigits(random)),
      subscriptionId: subscription.id,
      ownerId: settings.extensionId,
      body,
    })
    if (random.share() < faults.drop) return
    const copies = random.share() < faults.duplicate ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = random.share() < faults.reorder ? random.share() * LATE_MS : 0
      clock.after(faults.delayMs + late, () => deliver(subscription, envelope, 0))
    }
  }
  async function deliver(subscription: Subscription, envelope: string, tries: number): Promise<void> {
    if (subscription.status !== 'Active' || subscriptions.get(subscription.id) !== subscription) return
    const { address, verificationToken } = subscription
    const answer = await postToHook(
      address,
      verificationToken === undefined ? {} : { 'verification-token': verificationToken },
      envelope,
    )
    if (answer.is === 'answered' && answer.status === 200) {
      subscription.failures = 0
      return
    }
    const again = AGAIN_MS[tries]
    if (again !== undefined) {
      clock.after(again, () => deliver(subscription, envelope, tries + 1))
      return
    }
    subscription.failures++
    if (subscription.failures >= settings.blacklistAfter) blacklist(subscription, clock.now())
  }

  return {
    tell,
    emit(kind, body) {
      const now = clock.now()
      for (const subscription of subscriptions.values()) {
        const isOpen = subscription.status === 'Active' && subscription.expiresAt > now
        if (!isOpen || !subscription.filters.some((filter) => kindOf(filter) === kind)) continue
        tell(subscription, withIds(FILTERS[kind]), body)
      }
    },
  }

  function withIds(filter: string): string {
    return filter
      .replace(/(accounts?)\/~/, `$1/${settings.accountId}`)
      .replace('extension/~', `extension/${settings.extensionId}`)
  }
}

/** For good: only another subscription brings events again. */
export function blacklist(subscription: Subscription, at: number): void {
  subscription.status = 'Blacklisted'
  subscription.blacklisted = { at, reason: 'The WebHook server did not answer with the status 200' }
}

/** Which events a filter asks for; undefined where there are none like it. */
export function kindOf(filter: string): EventKind | undefined {
  const plain = filter.replace(/\/(accounts?|extension)\/\d+/g, '/$1/~')
  return (Object.keys(FILTERS) as EventKind[]).find((kind) => FILTERS[kind] === plain)
}
