import type { IncomingMessage, ServerResponse } from 'node:http'
import { loadGeo } from '../enrich/geo.ts'
import { loadNetworks } from '../enrich/network.ts'
import { silentLog } from '../log.ts'
import { createRecordReader, type Answered } from './record.ts'
import { startSender } from './sender.ts'
import { openLineSpool } from './spool.ts'

/**
 * `sluice/express`: logs the requests of a Node application as log events of its site. Address and user agent are made
 * into place, network operator and browser in this process and forgotten; what is kept on disk and sent has neither. docs/logs.md has
 * the recipe.
 */
export interface RequestLogOptions {
  /** Where Sluice is, `https://stats.example.com`; plain http on this machine only. */
  readonly server: string
  /** Key of the scope `ingest`: it says which site it is. */
  readonly key: string
  /** Folder for what is not taken yet, of this application alone; several processes of it may share it. */
  readonly spool: string
  /** The site's time zone: at its midnight visitors are told apart anew. Default `UTC`. */
  readonly timezone?: string
  /** Requests that are not logged, such as those of a monitor. */
  readonly skip?: (request: IncomingMessage) => boolean
  /** Most that lies on disk; beyond it requests are not logged, and counted as dropped. Default 64 MiB. */
  readonly maxDiskBytes?: number
  /** Told in a sentence, each at most once a minute, why requests cannot be kept or sent. Never of whom. */
  readonly onFault?: (message: string) => void
}

/** What became of requests since the start. */
export interface RequestLogCounts {
  /** Answered while the log was open, without those that are skipped. */
  requests: number
  /** Of these, on disk: they survive a kill and will be counted once. */
  kept: number
  /** Taken by the collector, those of an earlier process too. */
  sent: number
  /** Of these, not counted: older than the event window of the site, or unreadable. */
  refused: number
  /** Not logged: disk or memory had no room. */
  dropped: number
}

/** A middleware of Express, and of everything that calls its handlers the same way. */
export interface RequestLog {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  counts(): Readonly<RequestLogCounts>
  /** Puts all on disk and sends what it can within `waitMs` (default 2,000); the next start sends the rest. */
  close(waitMs?: number): Promise<void>
}

const MAX_DISK_BYTES = 64 * 1024 * 1024
/** Requests in memory until they are on disk, together: about 5 MB. */
const MOST_WAITING = 10_000
/** A kill loses the requests of so long at most, none of which was counted as kept. */
const KEEP_MS = 100
const FAULT_MS = 60_000

/** Opens the log. Rejects where an option is wrong or the folder cannot be used; later nothing is thrown into the application. */
export async function openRequestLog(options: RequestLogOptions): Promise<RequestLog> {
  const url = logsUrl(options.server)
  if (options.key === '') throw new Error('sluice/express needs a key of the scope ingest.')
  const reader = createRecordReader({
    geo: await loadGeo({ log: silentLog }),
    networks: loadNetworks({ log: silentLog }),
    timezone: options.timezone ?? 'UTC',
  })
  const spool = await openLineSpool(options.spool, options.maxDiskBytes ?? MAX_DISK_BYTES)
  const counts: RequestLogCounts = { requests: 0, kept: 0, sent: 0, refused: 0, dropped: 0 }
  const onFault = rarely(options.onFault ?? (() => undefined))
  let waiting: string[] = []
  let timer: NodeJS.Timeout | undefined
  let keeping: Promise<void> = Promise.resolve()
  let isClosed = false

  const sender = startSender({
    spool,
    url,
    key: options.key,
    onFault,
    onSent({ lines, refused }) {
      counts.sent += lines
      counts.refused += refused
    },
  })
  sender.wake()

  function keep(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    keeping = keeping.then(async () => {
      const lines = waiting
      waiting = []
      if (lines.length === 0) return
      try {
        const kept = await spool.append(lines)
        counts.kept += kept
        counts.dropped += lines.length - kept
        if (kept < lines.length) {
          onFault('The spool is full: requests are dropped until the collector takes them again.')
        }
      } catch {
        counts.dropped += lines.length
        onFault('The spool cannot be written: requests are dropped.')
      }
      sender.wake()
    })
    return keeping
  }

  function take(answered: Answered): void {
    counts.requests++
    if (waiting.length >= MOST_WAITING) {
      counts.dropped++
      return
    }
    waiting.push(JSON.stringify(reader.read(answered)))
    timer ??= setTimeout(() => void keep(), KEEP_MS).unref()
  }

  /** Whatever goes wrong here is no matter of the application. */
  function guarded(act: () => void): void {
    try {
      act()
    } catch {
      counts.dropped++
      onFault('A request could not be logged.')
    }
  }

  const log: RequestLog = Object.assign(
    (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
      guarded(() => {
        if (isClosed || options.skip?.(request) === true) return
        const began = performance.now()
        const address = addressOf(request)
        const target = 'originalUrl' in request ? String(request.originalUrl) : (request.url ?? '')
        // Once its answer was sent, or its connection ended.
        response.once('close', () =>
          guarded(() => {
            const status = response.headersSent ? response.statusCode : 0
            const bytes = Number(response.getHeader('content-length') ?? 0) || 0
            const duration = performance.now() - began
            take({ request, address, target, status, bytes, duration, time: Date.now() })
          }),
        )
      })
      next()
    },
    {
      counts: (): RequestLogCounts => ({ ...counts }),
      async close(waitMs: number = 2_000): Promise<void> {
        if (isClosed) return
        isClosed = true
        await keep()
        sender.wake()
        const until = performance.now() + waitMs
        while (spool.bytes() > 0 && performance.now() < until) {
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        await sender.stop()
        await spool.close()
        reader.close()
      },
    },
  )
  return log
}

function addressOf(request: IncomingMessage): string {
  // Express knows which proxies may say who asked.
  if ('ip' in request && typeof request.ip === 'string') return request.ip
  return request.socket.remoteAddress ?? ''
}

const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function logsUrl(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL.test(url.hostname))) {
    return new URL('logs', server.endsWith('/') ? server : `${server}/`).href
  }
  throw new Error(
    'sluice/express needs the address of Sluice as server, with https unless it is on this machine.',
  )
}

/** Each sentence at most once a minute. */
function rarely(tell: (message: string) => void): (message: string) => void {
  const toldAt = new Map<string, number>()
  return (message) => {
    const now = performance.now()
    if (now - (toldAt.get(message) ?? -Infinity) < FAULT_MS) return
    toldAt.set(message, now)
    try {
      tell(message)
    } catch {
      // The application's own fault.
    }
  }
}
