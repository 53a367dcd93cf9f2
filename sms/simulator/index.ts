import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdmin } from './admin.ts'
import { createApi, type Answered } from './api.ts'
import { createCarrier } from './carrier.ts'
import { wallClock, type SimulatorClock } from './clock.ts'
import { createConsents } from './consents.ts'
import { blacklist, createEvents } from './events.ts'
import { noFaults, type Faults } from './faults.ts'
import { createInbound, type FromHandset } from './inbound.ts'
import { writeJson } from './json.ts'
import { createOAuth } from './oauth.ts'
import { seededRandom } from './random.ts'
import { createRates } from './rates.ts'
import { createSubscriptions } from './subscriptions.ts'
import type { Call, Reply } from './reply.ts'
import type {
  ConsentRecord,
  Message,
  OwnNumber,
  Received,
  SeenRequest,
  Settings,
  Subscription,
  World,
} from './world.ts'

export { handClock, wallClock, type HandClock, type SimulatorClock } from './clock.ts'
export type { Faults } from './faults.ts'
export type { FromHandset } from './inbound.ts'
export type {
  ConsentRecord,
  Message,
  OwnNumber,
  Received,
  SeenRequest,
  Settings,
  Subscription,
} from './world.ts'

export interface SimulatorOptions extends Partial<Omit<Settings, 'limits'>> {
  /** Default 0: any that is free. Listens on 127.0.0.1 only. */
  readonly port?: number
  /** The same seed and requests give the same ids. Default 1. */
  readonly seed?: number
  /** Default: the time of the machine. */
  readonly clock?: SimulatorClock
  /** Default: `USUAL_NUMBERS`. */
  readonly numbers?: readonly OwnNumber[]
  readonly limits?: Partial<Settings['limits']>
}

/** A RingCentral account on this machine: what it takes, what handsets get of it, and what goes wrong on the way. */
export interface Simulator {
  readonly url: string
  readonly settings: Settings
  /** What goes wrong; may be set while it runs. */
  readonly faults: Faults
  /** All that handsets got, in order. */
  readonly received: readonly Received[]
  readonly requests: readonly SeenRequest[]
  readonly messages: ReadonlyMap<string, Message>
  readonly consents: ReadonlyMap<string, ConsentRecord>
  readonly subscriptions: ReadonlyMap<string, Subscription>
  /** A handset sends a message. */
  inbound(message: FromHandset): Message
  /** All access tokens run out now. */
  expireTokens(): void
  /** A campaign has another status from now on. */
  setCampaign(number: string, campaign: OwnNumber['campaign']): void
  /** No subscription brings events any more. */
  blacklist(): void
  close(): Promise<void>
}

const CONFIRMED = {
  campaign: 'Confirmed',
  useCases: ['Marketing', 'AccountNotification', 'CustomerCare'],
} as const

/** A high-volume long code, a high-volume toll-free number, a regular one, and one whose campaign was suspended. */
export const USUAL_NUMBERS: readonly OwnNumber[] = [
  { number: '+16505550100', features: ['SmsSender', 'A2PSmsSender'], ...CONFIRMED },
  { number: '+18335550100', features: ['SmsSender', 'A2PSmsSender'], ...CONFIRMED },
  { number: '+12015550100', features: ['SmsSender', 'MmsSender'], ...CONFIRMED },
  { number: '+12015550199', features: ['SmsSender'], campaign: 'CampaignSuspended', useCases: ['Marketing'] },
]

/** Credentials that are no secret: they open nothing but a simulator. */
const USUAL: Settings = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-secret',
  jwt: 'simulated.json-web.token',
  scopes: ['ReadMessages', 'SMS', 'A2PSMS', 'ReadAccounts', 'SubscriptionWebhook'],
  accountId: '37439510',
  extensionId: '256440016',
  limits: { light: 50, medium: 40, heavy: 10, auth: 5 },
  tokenSeconds: 3600,
  confirmation: 'provider',
  blocksRegular: true,
  carrierMs: 50,
  isPaced: true,
  blacklistAfter: 10,
}

const MOST_BODY = 50_000_000

/** Starts a simulator on 127.0.0.1. Rejects where the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, seed = 1, clock = wallClock(), numbers = USUAL_NUMBERS, limits, ...others } = options
  const settings: Settings = { ...USUAL, ...others, limits: { ...USUAL.limits, ...limits } }
  const random = seededRandom(seed)
  const world: World = {
    settings,
    clock,
    random,
    faults: noFaults(),
    numbers: new Map(numbers.map((one) => [one.number, { ...one, id: BigInt(random.digits(12)) }])),
    messages: new Map(),
    batches: new Map(),
    consents: new Map(),
    history: [],
    subscriptions: new Map(),
    received: [],
    requests: [],
  }
  const events = createEvents(world)
  const consents = createConsents(world, events.emit)
  const carrier = createCarrier(world, consents, events.emit)
  const oauth = createOAuth(world)
  const inbound = createInbound(world, { carrier, consents, emit: events.emit })
  const rates = createRates(world)
  const subscriptions = createSubscriptions(world, events)
  const api = createApi(world, { oauth, rates, carrier, consents, subscriptions })
  const admin = createAdmin(world, { oauth, inbound })

  const server = http.createServer((request, response) => {
    void answer(request).then(
      async (answered) => {
        await new Promise((resolve) => setTimeout(resolve, world.faults.latencyMs))
        if (answered === 'cut') request.socket.destroy()
        else write(response, answered)
      },
      () => {
        response.writeHead(500).end()
      },
    )
  })

  async function answer(request: http.IncomingMessage): Promise<Answered> {
    const call = await readCall(request)
    if (!call) return { status: 413 }
    return call.path === '/simulator' || call.path.startsWith('/simulator/') ? admin(call) : api(call)
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    settings,
    faults: world.faults,
    received: world.received,
    requests: world.requests,
    messages: world.messages,
    consents: world.consents,
    subscriptions: world.subscriptions,
    inbound,
    expireTokens: oauth.expireAll,
    setCampaign(number, campaign) {
      const known = world.numbers.get(number)
      if (known) world.numbers.set(number, { ...known, campaign })
    },
    blacklist() {
      for (const one of world.subscriptions.values()) blacklist(one, clock.now())
    },
    async close() {
      clock.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readCall(request: http.IncomingMessage): Promise<Omit<Call, 'params'> | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BODY) return undefined
    chunks.push(chunk)
  }
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost')
  return { method: request.method ?? '', path, query, headers: request.headers, body: Buffer.concat(chunks) }
}

function write(response: http.ServerResponse, { status, json, csv, headers }: Reply): void {
  const text = csv ?? (json && writeJson(json))
  const type = csv === undefined ? 'application/json;charset=utf-8' : 'text/csv'
  response.writeHead(status, { ...headers, ...(text !== undefined && { 'content-type': type }) })
  response.end(text)
}
