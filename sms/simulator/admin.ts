import type { HandClock, SimulatorClock } from './clock.ts'
import { blacklist } from './events.ts'
import type { Faults } from './faults.ts'
import type { createInbound } from './inbound.ts'
import type { JsonObject } from './json.ts'
import type { OAuth } from './oauth.ts'
import { ApiError, errorReply, readJson, type Call, type Reply } from './reply.ts'
import type { Received, SeenRequest, World } from './world.ts'

/** What is asked of the simulator itself and not of what it simulates: all below `/simulator`. */
export function createAdmin(
  world: World,
  parts: { oauth: Pick<OAuth, 'expireAll'>; inbound: ReturnType<typeof createInbound> },
): (call: Omit<Call, 'params'>) => Promise<Reply> {
  const { clock, faults, received, requests, subscriptions, numbers } = world

  async function act({ method, path, query, ...call }: Omit<Call, 'params'>): Promise<Reply> {
    switch (`${method} ${path}`) {
      case 'GET /simulator': {
        return {
          status: 200,
          json: {
            now: clock.now(),
            numbers: [...numbers.values()].map(({ number, features, campaign }) => ({
              number,
              features,
              campaign,
            })),
            received: received.length,
            requests: requests.length,
            duringPenalty: requests.filter(({ isDuringPenalty }) => isDuringPenalty).length,
            subscriptions: [...subscriptions.values()].map(({ id, address, status }) => ({
              id,
              address,
              status,
            })),
          },
        }
      }
      case 'GET /simulator/handsets': {
        const to = query.get('to')?.replace(/^ /, '+')
        const found = received.filter((one) => to === undefined || one.to === to)
        return { status: 200, json: { received: found.map(asJson) } }
      }
      case 'GET /simulator/requests':
        return { status: 200, json: { requests: requests.map(asJson) } }
      case 'POST /simulator/inbound': {
        const { from, to, text } = readJson(call)
        const { id } = parts.inbound({ from: String(from), to: String(to), text: String(text) })
        return { status: 200, json: { id: String(id) } }
      }
      case 'POST /simulator/clock': {
        const ms = readJson(call)['passMs']
        if (!isHand(clock))
          throw new ApiError(409, 'SIM-409', 'The simulator runs on the time of the machine')
        if (typeof ms !== 'number' || !(ms >= 0))
          throw new ApiError(400, 'SIM-400', 'passMs must be a number of milliseconds')
        await clock.pass(ms)
        return { status: 200, json: { now: clock.now() } }
      }
      case 'PATCH /simulator/faults': {
        setFaults(faults, readJson(call))
        return { status: 200, json: JSON.parse(JSON.stringify(faults)) as JsonObject }
      }
      case 'POST /simulator/expire-tokens': {
        parts.oauth.expireAll()
        return { status: 204 }
      }
      case 'POST /simulator/blacklist': {
        for (const one of subscriptions.values()) blacklist(one, clock.now())
        return { status: 204 }
      }
      default:
        throw new ApiError(404, 'SIM-404', 'The simulator has nothing at this address')
    }
  }

  return async (call) => {
    try {
      return await act(call)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return errorReply(error)
    }
  }
}

function asJson(one: Received | SeenRequest): JsonObject {
  return { ...one }
}

function isHand(clock: SimulatorClock): clock is HandClock {
  return 'pass' in clock
}

/** Sets what is known by name and kind; refuses all of it otherwise. */
function setFaults(faults: Faults, given: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(given)) {
    const present: unknown = Object.hasOwn(faults, name) ? faults[name as keyof Faults] : undefined
    if (present === undefined) throw new ApiError(400, 'SIM-400', `There is no fault ${JSON.stringify(name)}`)
    if (typeof value !== typeof present || Array.isArray(value) !== Array.isArray(present)) {
      throw new ApiError(400, 'SIM-400', `The fault ${name} takes another kind of value`)
    }
  }
  Object.assign(faults, given)
}
