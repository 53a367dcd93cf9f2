import { once } from 'node:events'
import net from 'node:net'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../../server/clock.ts'
import { listen as listenOn } from '../../../../server/http/listen.ts'
import { silentLog } from '../../../../server/log.ts'
import { createHook, type Hook } from '../../../../server/sms/hook.ts'
import { HOOK_PATH, hookSecrets } from '../../../../server/sms/hook-secrets.ts'
import type { ProviderEvent } from '../../../../sms/index.ts'
import { listen } from '../../store/opened.ts'

export const secrets = hookSecrets({ key: new Uint8Array(32).fill(7), isLasting: true })

/** The webhook on a server of its own. */
export interface HookRig {
  readonly url: string
  readonly hook: Hook
  /** What was said in the log. */
  readonly lines: string[]
  /** What was asked for: `lists`, `subscription`. */
  readonly asked: string[]
}

/** @param take what the hook does with events */
export async function startHook(take: (events: readonly ProviderEvent[]) => Promise<void>): Promise<HookRig> {
  const heard = listen()
  const asked: string[] = []
  const hook = createHook({
    secrets,
    clock: systemClock,
    log: { ...heard.log, error: heard.log.warn },
    take,
    askSoon: () => void asked.push('lists'),
    lookSoon: () => void asked.push('subscription'),
  })
  const server = await listenOn({
    port: 0,
    host: '127.0.0.1',
    clock: systemClock,
    log: silentLog,
    handler: (request, response) => {
      if (!hook.route(request, response)) response.writeHead(418).end()
    },
  })
  onTestFinished(() => server.close())
  return { url: server.url, hook, lines: heard.lines, asked }
}

/** Posts bytes to the hook over a connection of their own; answers all that came back, to the byte. */
export async function postRaw(
  { url }: Pick<HookRig, 'url'>,
  headers: readonly string[],
  body: Uint8Array = new Uint8Array(),
  path = secrets.path,
): Promise<Buffer> {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  const head = [
    `POST ${HOOK_PATH}${path} HTTP/1.1`,
    `host: ${hostname}`,
    ...headers,
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'))
  socket.write(body)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
