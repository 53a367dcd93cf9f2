import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { auditSigner, createAuditLog } from '../../server/audit/log.ts'
import { listen } from '../../server/http/listen.ts'
import { silentLog } from '../../server/log.ts'
import { hookSecrets } from '../../server/sms/hook-secrets.ts'
import { createListening, type Listening } from '../../server/sms/listening.ts'
import { createChain, createSealing, random, smsSigner } from '../../server/sms/ports.ts'
import { openStore } from '../../server/store/open.ts'
import { takeEvents } from '../../sms/events.ts'
import { createRingCentral, type RingCentral } from '../../sms/index.ts'
import { createSendingParts } from '../../sms/parts.ts'
import { createWorker } from '../../sms/worker.ts'
import { dataKeysOf } from '../support/sms-keys.ts'
import { clockOf } from './sms-clock.ts'

/**
 * The SMS side of the server as a process of its own, which sends until it is killed: `sms-server <folder> <port> <url of
 * the simulator> <shift of its clock> <most messages of a batch> <its speed>`. Prints when it is ready. Of several on one PostgreSQL
 * (DATABASE_URL) PUBLIC_URL is where all are reached: they begin when they are told, and print a line for each message
 * that they hand over.
 */
const [folder = '', port = '0', url = '', shift = '0', batch = '10', speed = '1'] = process.argv.slice(2)
const clock = clockOf({ shift: Number(shift), speed: Number(speed) })
const { DATABASE_URL: databaseUrl, PUBLIC_URL: publicUrl } = process.env
const store = await openStore({ dataDir: folder, databaseUrl, log: silentLog })
const keys = await dataKeysOf(store, clock)
const secrets = hookSecrets(keys.lasting)
const provider = (tokens: Parameters<typeof createRingCentral>[0]['tokens']) => {
  const made = createRingCentral({
    settings: {
      url,
      clientId: 'simulated-client',
      clientSecret: 'simulated-secret',
      jwt: 'simulated.json-web.token',
    },
    clock,
    log: silentLog,
    fingerprint: secrets.fingerprint,
    tokens,
  })
  // The simulator shows at once what it took: nothing is gained by waiting for as long as for the real one.
  const capabilities = { batch: Number(batch), answersWithinMs: 4_000, visibleWithinMs: 1_000 }
  return { ...made, capabilities, ...(publicUrl !== undefined && { send: told(made.send) }) }
}
function told(send: RingCentral['send']): RingCentral['send'] {
  return (order) => {
    process.stdout.write('sent\n')
    return send(order)
  }
}
let made: ReturnType<typeof provider> | undefined
const parts = createSendingParts(
  {
    store,
    clock,
    random,
    sealing: createSealing(keys),
    chain: createChain(smsSigner(keys.lasting)),
    audit: createAuditLog({ store, clock, signer: auditSigner(keys.lasting) }),
    alarm: { raise: () => undefined },
    log: silentLog,
  },
  (tokens) => (made = provider(tokens)),
)
if (!made) throw new Error('no provider was made')
const worker = createWorker(parts)
const open: { listening?: Listening } = {}
const server = await listen({
  port: Number(port),
  host: '127.0.0.1',
  clock,
  log: silentLog,
  handler: (request, response) => {
    if (!open.listening?.route(request, response)) response.writeHead(404).end()
  },
})
open.listening = createListening({
  provider: made,
  secrets,
  publicUrl: publicUrl ?? server.url,
  clock,
  log: silentLog,
  take: (events) => takeEvents(parts, events),
  catchUp: () => worker.catchUp(),
  adopt: async () => 0,
  rhythm: { ask: 1_500, soon: 200, look: { active: 3_000, missing: 500 }, numbers: 3_600_000 },
})
await open.listening.begin()
process.stdout.write('ready\n')
if (publicUrl !== undefined) await once(process.stdin, 'data')

for (;;) if ((await worker.round()) === 0) await wait(30)
