import net from 'node:net'
import { randomFillSync } from 'node:crypto'

/**
 * A load generator on raw sockets: each connection sends a prepared request, waits for the answer and sends the next.
 * It writes new event ids into the prepared bytes, so that it costs far less than what it measures.
 * Run as its own process: `node load.js '<options as JSON>'` prints one JSON line.
 */
export interface LoadOptions {
  port: number
  connections: number
  seconds: number
  /** Events in one request. */
  events: number
  site: string
  /** Requests a second over all connections; absent: as fast as answers come. */
  rate?: number
}

export interface LoadResult {
  requests: number
  events: number
  /** Answers other than 202. */
  refused: number
  seconds: number
  requestsPerSecond: number
  eventsPerSecond: number
  /** Milliseconds from send to answer. */
  p50: number
  p99: number
}

const ID_LENGTH = 22
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
]

interface Prepared {
  bytes: Buffer
  /** Where the event ids stand. */
  idOffsets: number[]
}

/** One prepared request of each connection: another address, agent and page for each. */
function prepare(options: LoadOptions, connection: number): Prepared {
  const marker = 'I'.repeat(ID_LENGTH)
  const now = Date.now()
  const events = Array.from({ length: options.events }, (_, index) => ({
    type: 'pageview',
    id: marker,
    time: now,
    url: `https://${options.site}/articles/${(connection * 7 + index) % 50}-how-we-count?utm_source=newsletter`,
    referrer: index % 3 === 0 ? 'https://www.google.com/' : '',
  }))
  const body = Buffer.from(JSON.stringify({ version: 1, site: options.site, events }))
  const head = [
    'POST /e HTTP/1.1',
    `host: 127.0.0.1:${options.port}`,
    `origin: https://${options.site}`,
    'content-type: text/plain;charset=UTF-8',
    `user-agent: ${AGENTS[connection % AGENTS.length]}`,
    'accept-language: en-GB,en;q=0.9',
    `x-forwarded-for: 81.${connection % 200}.${(connection * 13) % 250}.142`,
    `content-length: ${body.length}`,
    '\r\n',
  ].join('\r\n')
  const bytes = Buffer.concat([Buffer.from(head), body])
  const idOffsets: number[] = []
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + ID_LENGTH)) idOffsets.push(at)
  return { bytes, idOffsets }
}

const random = Buffer.alloc(16)

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = []
  let requests = 0
  let refused = 0
  let open = true
  const started = performance.now()
  const interval = options.rate === undefined ? 0 : (1000 * options.connections) / options.rate

  const drive = (connection: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const { bytes, idOffsets } = prepare(options, connection)
      const socket = net.connect(options.port, '127.0.0.1')
      socket.setNoDelay(true)
      let sentAt = 0
      let due = started + (interval * connection) / options.connections
      const send = (): void => {
        if (!open) {
          socket.end()
          resolve()
          return
        }
        randomFillSync(random)
        for (const offset of idOffsets) {
          random.writeUInt32LE((random.readUInt32LE(0) + 1) >>> 0, 0)
          bytes.write(random.toString('base64url'), offset, 'latin1')
        }
        // At a given rate a request is late from the moment it was due, not from the moment it could be sent.
        sentAt = interval === 0 ? performance.now() : due
        socket.write(bytes)
      }
      const next = (): void => {
        if (interval === 0) return send()
        due += interval
        setTimeout(send, Math.max(0, due - performance.now()))
      }
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1')
        const end = answer.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0)
        if (answer.length < end + 4 + length) return
        requests++
        if (!answer.startsWith('HTTP/1.1 202')) refused++
        latencies.push(performance.now() - sentAt)
        answer = ''
        next()
      })
      socket.on('error', reject)
      socket.on('connect', () =>
        interval === 0 ? send() : setTimeout(send, Math.max(0, due - performance.now())),
      )
    })

  setTimeout(() => (open = false), options.seconds * 1000)
  await Promise.all(Array.from({ length: options.connections }, (_, connection) => drive(connection)))
  const seconds = (performance.now() - started) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return {
    requests,
    events: requests * options.events,
    refused,
    seconds,
    requestsPerSecond: requests / seconds,
    eventsPerSecond: (requests * options.events) / seconds,
    p50: at(0.5),
    p99: at(0.99),
  }
}

const [, script, argument] = process.argv
if (
  script !== undefined &&
  argument !== undefined &&
  import.meta.url.endsWith(script.split('/').at(-1) ?? ' ')
) {
  console.log(JSON.stringify(await runLoad(JSON.parse(argument) as LoadOptions)))
}
