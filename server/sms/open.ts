import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createMemoryProvider,
  createRingCentral,
  createSms,
  type Provider,
  type RingCentral,
  type Sms,
  type SmsPorts,
} from '../../sms/index.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { adoptNumbers } from './adopt-numbers.ts'
import { hookSecrets } from './hook-secrets.ts'
import { createListening, type Listening } from './listening.ts'
import { createChain, createSealing, random, smsSigner } from './ports.ts'
import { createWorking } from './working.ts'

/** The SMS module in the server. Loaded only where there is something to send by. */
export interface OpenedSms {
  readonly sms: Sms
  /** Something was queued: it need not wait for the next round. */
  kick(): void
  /** Answers the provider's webhook; false for all other requests. */
  route(request: IncomingMessage, response: ServerResponse): boolean
  readings(): Reading[]
  /** Once the server can be reached. */
  begin(): void
  close(): Promise<void>
}

export interface SmsOpening {
  readonly config: Pick<Config, 'ringCentral' | 'publicUrl'>
  readonly store: Pick<Store, 'db' | 'transaction'>
  readonly dataKeys: DataKeys
  readonly audit: Pick<AuditLog, 'append'>
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly alarm: SmsPorts['alarm']
}

/** What the module needs, made of the server's. */
export function smsPorts(parts: Omit<SmsOpening, 'config'>): SmsPorts {
  const { store, dataKeys, audit, clock, log, alarm } = parts
  const chain = createChain(smsSigner(dataKeys.lasting))
  return { store, clock, random, sealing: createSealing(dataKeys), chain, audit, alarm, log }
}

export function openSms(parts: SmsOpening): OpenedSms {
  const { config, dataKeys, clock, log } = parts
  const { ringCentral: settings, publicUrl } = config
  const secrets = hookSecrets(dataKeys.lasting)
  let ringCentral: RingCentral | undefined
  const sms = createSms(smsPorts(parts), (tokens): Provider => {
    if (!settings) return createMemoryProvider(tokens, clock)
    const { fingerprint } = secrets
    ringCentral = createRingCentral({ settings, clock, tokens, log, fingerprint })
    return ringCentral
  })
  const working = createWorking({ sms, log })
  const listening: Listening | undefined =
    ringCentral &&
    createListening({
      provider: ringCentral,
      secrets,
      publicUrl,
      clock,
      log,
      take: async (events) => {
        await sms.take(events)
        working.kick()
      },
      catchUp: async () => {
        const found = await sms.worker.catchUp()
        if (found > 0) working.kick()
        return found
      },
      adopt: (numbers) => adoptNumbers(sms.senders, numbers, 'server'),
    })
  return {
    sms,
    kick: () => working.kick(),
    route: (request, response) => listening?.route(request, response) ?? false,
    readings: () => [...working.readings(), ...(listening?.readings() ?? [])],
    begin: () => {
      // Whoever said STOP while nobody was there is heard before anything goes out.
      if (listening) void listening.begin().then(() => working.begin())
      else working.begin()
    },
    close: async () => {
      await listening?.close()
      await working.close()
    },
  }
}
