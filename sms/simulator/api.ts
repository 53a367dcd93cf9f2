import { createHighVolume } from './a2p.ts'
import type { Carrier } from './carrier.ts'
import type { Consents } from './consents.ts'
import { losesReply, refusalOf } from './faults.ts'
import { createNumbers } from './numbers.ts'
import type { OAuth } from './oauth.ts'
import type { createRates } from './rates.ts'
import { ApiError, errorReply, type Call, type Reply } from './reply.ts'
import { createSingle } from './single.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { RateGroup, World } from './world.ts'

interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly group: RateGroup
  /** Permission of the application. */
  readonly needs?: string
  /** A reply that is lost leaves open whether something was sent. */
  readonly sends?: true
  readonly answer: (call: Call) => Reply | Promise<Reply>
}

/** What becomes of a call: a reply, or a connection that is cut before or after the work was done. */
export type Answered = Reply | 'cut'

const EXTENSION = '/restapi/v1.0/account/(?:~|\\d+)/extension/(?:~|\\d+)'
const A2P = '/restapi/v1.0/account/(?:~|\\d+)/a2p-sms'
const CONSENTS = '/restapi/v2/accounts/(?:~|\\d+)/sms/consents'
const SUBSCRIPTION = '/restapi/v1.0/subscription'

/** The interface over HTTP: who may, how often, and what comes of it. */
export function createApi(
  world: World,
  parts: {
    oauth: OAuth
    rates: ReturnType<typeof createRates>
    carrier: Carrier
    consents: Consents
    subscriptions: Subscriptions
  },
): (call: Omit<Call, 'params'>) => Promise<Answered> {
  const { oauth, rates, consents, subscriptions } = parts
  const { faults, settings, requests, clock, random } = world
  const numbers = createNumbers(world)
  const single = createSingle(world, parts.carrier)
  const bulk = createHighVolume(world, parts.carrier)
  const routes: Route[] = [
    on('GET', `${EXTENSION}/phone-number`, 'light', 'ReadAccounts', numbers.list),
    on(
      'GET',
      `${EXTENSION}/phone-number/(?<number>\\d+)/sms-configuration`,
      'light',
      'ReadAccounts',
      numbers.configuration,
    ),
    { ...on('POST', `${EXTENSION}/[sm]ms`, 'medium', 'SMS', single.send), sends: true },
    on('GET', `${EXTENSION}/message-store`, 'light', 'ReadMessages', single.list),
    on('GET', `${EXTENSION}/message-store/(?<message>\\d+)`, 'light', 'ReadMessages', single.read),
    { ...on('POST', `${A2P}/batch(?:es)?`, 'light', 'A2PSMS', bulk.send), sends: true },
    on('GET', `${A2P}/batch(?:es)?`, 'light', 'A2PSMS', bulk.batches),
    on('GET', `${A2P}/batch(?:es)?/(?<batch>[\\w-]+)`, 'light', 'A2PSMS', bulk.batch),
    on('GET', `${A2P}/messages`, 'light', 'A2PSMS', bulk.messages),
    on('GET', `${A2P}/messages/(?<message>\\d+)`, 'light', 'A2PSMS', bulk.message),
    on('GET', `${A2P}/statuses`, 'light', 'A2PSMS', bulk.statuses),
    on('GET', `${A2P}/opt-outs`, 'light', 'A2PSMS', consents.optOuts),
    on('POST', `${A2P}/opt-outs/bulk-assign`, 'light', 'A2PSMS', consents.bulkAssign),
    on('GET', CONSENTS, 'light', 'SMS', consents.list),
    on('PATCH', CONSENTS, 'light', 'SMS', consents.update),
    on('POST', `${CONSENTS}/search`, 'light', 'SMS', consents.search),
    on('GET', `${CONSENTS}/history`, 'light', 'SMS', consents.history),
    on('GET', `${CONSENTS}/export`, 'light', 'SMS', consents.export),
    on('GET', SUBSCRIPTION, 'light', undefined, subscriptions.list),
    on('POST', SUBSCRIPTION, 'medium', undefined, subscriptions.create),
    on('GET', `${SUBSCRIPTION}/(?<subscription>[\\w-]+)`, 'light', undefined, subscriptions.read),
    on('PUT', `${SUBSCRIPTION}/(?<subscription>[\\w-]+)`, 'medium', undefined, subscriptions.update),
    on('POST', `${SUBSCRIPTION}/(?<subscription>[\\w-]+)/renew`, 'medium', undefined, subscriptions.update),
    on('DELETE', `${SUBSCRIPTION}/(?<subscription>[\\w-]+)`, 'medium', undefined, subscriptions.remove),
    on('POST', '/restapi/oauth/revoke', 'auth', undefined, oauth.revoke),
  ]

  return async (call) => {
    if (faults.cutRequests > 0) {
      faults.cutRequests--
      return 'cut'
    }
    const { answered, isDuringPenalty } = await work(call)
    const status = answered === 'cut' ? 0 : answered.status
    requests.push({ at: clock.now(), method: call.method, path: call.path, status, isDuringPenalty })
    return answered
  }

  async function work(call: Omit<Call, 'params'>): Promise<{ answered: Answered; isDuringPenalty: boolean }> {
    let headers: Readonly<Record<string, string>> = {}
    let isDuringPenalty = false
    try {
      const route = find(call)
      const user =
        route.group === 'auth'
          ? oauth.clientOf({ ...call, params: {} })
          : oauth.userOf({ ...call, params: {} })
      const admission = rates.admit(user, route.group)
      ;({ headers, isDuringPenalty } = admission)
      if (admission.retryAfter !== undefined) {
        headers = { ...headers, 'retry-after': String(admission.retryAfter) }
        throw new ApiError(429, 'CMN-301', 'Request rate exceeded')
      }
      if (route.needs !== undefined && !settings.scopes.includes(route.needs)) {
        throw new ApiError(
          403,
          'CMN-401',
          `In order to call this API endpoint, application needs to have [${route.needs}] permission`,
        )
      }
      const refusal = refusalOf(faults, call.path)
      if (refusal) throw new ApiError(refusal.status, refusal.code, 'The simulator was told to refuse this')
      if (route.sends && faults.redirectTo !== '') {
        return { answered: { status: 307, headers: { location: faults.redirectTo } }, isDuringPenalty }
      }
      const reply = await route.answer({ ...call, params: route.params })
      if (route.sends && losesReply(faults, random.share)) return { answered: 'cut', isDuringPenalty }
      return { answered: { ...reply, headers: { ...headers, ...reply.headers } }, isDuringPenalty }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { answered: { ...errorReply(error), headers }, isDuringPenalty }
    }
  }

  function find({ method, path }: Omit<Call, 'params'>): Route & { params: Record<string, string> } {
    if (method === 'POST' && path === '/restapi/oauth/token') {
      return { ...on('POST', path, 'auth', undefined, oauth.token), params: {} }
    }
    const there = routes.filter(({ pattern }) => pattern.test(path))
    const route = there.find((one) => one.method === method)
    if (route) return { ...route, params: { ...route.pattern.exec(path)?.groups } }
    if (there.length > 0) throw new ApiError(405, 'CMN-106', 'HTTP method is not supported')
    throw new ApiError(404, 'CMN-102', `Resource for parameter [${path}] is not found`)
  }
}

function on(
  method: string,
  path: string,
  group: RateGroup,
  needs: string | undefined,
  answer: Route['answer'],
): Route {
  return { method, pattern: new RegExp(`^${path}$`), group, ...(needs !== undefined && { needs }), answer }
}
