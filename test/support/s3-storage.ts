import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Storage that speaks as much of S3 as backups use, in memory, and is strict: it computes each signature itself from the
 * bytes that came, refuses what is unsigned, and answers pages of few keys.
 */
export interface S3Storage {
  readonly endpoint: string
  /** By key. */
  readonly objects: Map<string, Buffer>
  /** Uploads that were begun and not ended: their keys. */
  uploads(): string[]
  /** Moves all that was begun into the past, milliseconds. */
  age(ms: number): void
  /** What was asked: method, path with query, and headers. */
  readonly asked: { line: string; headers: IncomingMessage['headers'] }[]
  /**
   * Is asked when a request begins: a fault to answer with, `cut` to end the connection in place of an answer, `cut
   * request` when the first bytes of its body have come; undefined lets it pass.
   */
  interfere: (
    line: string,
  ) => { status: number; code: string } | 'cut' | 'cut request' | 'cut answer' | undefined
  close(): Promise<void>
}

export const BUCKET = 'backups'
export const ACCESS_KEY_ID = 'AKIDTESTTESTTESTTEST'
export const SECRET = 'c2VjcmV0/that+is=never/shown'
export const REGION = 'eu-test-1'
const PAGE = 3
const PART_AT_LEAST = 5 * 1024 * 1024
/** As real storage has it, milliseconds. */
const SKEW_MS = 900_000

interface Answer {
  status: number
  body?: string | Buffer
  headers?: Record<string, string>
}
interface Begun {
  key: string
  at: number
  parts: Map<number, Buffer>
}

/** @param port default: any that is free. */
export async function s3Storage({
  leastPart = PART_AT_LEAST,
  now = Date.now,
  port = 0,
} = {}): Promise<S3Storage> {
  const objects = new Map<string, Buffer>()
  const begun = new Map<string, Begun>()
  const asked: S3Storage['asked'] = []

  function answer(request: IncomingMessage, url: URL, body: Buffer): Answer {
    const fault = faultOf(request, url, body, now())
    if (fault) return failed(...fault)
    const [, bucket, key = ''] = /^\/([^/]+)\/(.*)$/.exec(url.pathname) ?? []
    if (bucket !== BUCKET) return failed(404, 'NoSuchBucket')
    const query = url.searchParams
    const upload = query.get('uploadId')
    if (upload !== null) return answerUpload(request.method, upload, key, query, body)
    if (request.method === 'POST' && query.has('uploads')) {
      const id = randomUUID()
      begun.set(id, { key, at: now(), parts: new Map() })
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    }
    if (key === '') return query.has('uploads') ? listUploads(query) : listObjects(query)
    if (request.method === 'PUT') {
      objects.set(key, body)
      return { status: 200, headers: { etag: tagOf(body) } }
    }
    if (request.method === 'DELETE') {
      objects.delete(key)
      return { status: 204 }
    }
    const object = objects.get(key)
    if (!object) return failed(404, 'NoSuchKey')
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if ((request.headers['if-match'] ?? tagOf(object)) !== tagOf(object))
      return failed(412, 'PreconditionFailed')
    return {
      status: from === 0 ? 200 : 206,
      body: object.subarray(from),
      headers: { etag: tagOf(object) },
    }
  }

  function answerUpload(
    method: string | undefined,
    id: string,
    key: string,
    query: URLSearchParams,
    body: Buffer,
  ): Answer {
    const upload = begun.get(id)
    if (upload?.key !== key) return failed(404, 'NoSuchUpload')
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body)
      return { status: 200, headers: { etag: tagOf(body) } }
    }
    begun.delete(id)
    if (method === 'DELETE') return { status: 204 }
    const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)</g)]
    const parts = listed.map(([, number]) => upload.parts.get(Number(number)) ?? Buffer.alloc(0))
    if (listed.some(([, , tag], index) => tag !== tagOf(parts[index] ?? Buffer.alloc(0)))) {
      return failed(400, 'InvalidPart')
    }
    if (parts.slice(0, -1).some((part) => part.length < leastPart)) return failed(400, 'EntityTooSmall')
    objects.set(key, Buffer.concat(parts))
    return xml('<CompleteMultipartUploadResult/>')
  }

  function listObjects(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? ''
    const after = query.get('continuation-token') ?? ''
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/') && key > after)
      .toSorted()
    const page = keys.slice(0, PAGE).map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
    const isMore = keys.length > PAGE
    return xml(
      `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${page.join('')}${
        isMore ? `<NextContinuationToken>${keys[PAGE - 1]}</NextContinuationToken>` : ''
      }</ListBucketResult>`,
    )
  }

  function listUploads(query: URLSearchParams): Answer {
    const all = [...begun].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
    const after = all.findIndex(([id]) => id === query.get('upload-id-marker')) + 1
    const page = all.slice(after, after + PAGE)
    const [lastId, last] = page.at(-1) ?? []
    const isMore = all.length > after + PAGE
    return xml(
      `<ListMultipartUploadsResult><IsTruncated>${isMore}</IsTruncated>${
        isMore
          ? `<NextKeyMarker>${last?.key}</NextKeyMarker><NextUploadIdMarker>${lastId}</NextUploadIdMarker>`
          : ''
      }${page
        .map(
          ([id, { key, at }]) =>
            `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${new Date(at).toISOString()}</Initiated></Upload>`,
        )
        .join('')}</ListMultipartUploadsResult>`,
    )
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const line = `${request.method} ${request.url}`
    asked.push({ line, headers: request.headers })
    const interference = storage.interfere(line)
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (interference === 'cut request') request.socket.destroy()
    })
    request.on('end', () => {
      const url = new URL(request.url ?? '', `http://${request.headers.host}`)
      if (interference === 'cut') {
        request.socket.destroy()
        return
      }
      const given =
        typeof interference === 'object'
          ? failed(interference.status, interference.code)
          : answer(request, url, Buffer.concat(chunks))
      const body = Buffer.from(given.body ?? '')
      response.writeHead(given.status, { 'content-length': body.length, ...given.headers })
      if (interference === 'cut answer') {
        response.write(body.subarray(0, body.length / 2), () => request.socket.destroy())
      } else response.end(body)
    })
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')

  const storage: S3Storage = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    uploads: () => [...begun.values()].map(({ key }) => key),
    age(ms) {
      for (const one of begun.values()) one.at -= ms
    },
    asked,
    interfere: () => undefined,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return storage
}

/** What is wrong with a request, as the rules of the signature say. */
function faultOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  now: number,
): [status: number, code: string] | undefined {
  const { authorization = '', 'x-amz-date': at = '', 'x-amz-content-sha256': digest = '' } = request.headers
  const [, id, day, region, names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=(\w{64})$/.exec(
      authorization,
    ) ?? []
  if (id === undefined) return [403, 'AccessDenied']
  if (id !== ACCESS_KEY_ID) return [403, 'InvalidAccessKeyId']
  if (region !== REGION) return [400, 'AuthorizationHeaderMalformed']
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(at))
  if (!date || String(at).slice(0, 8) !== day) return [403, 'AccessDenied']
  const [, year, month, date_, hour, minute, second] = date.map(Number)
  const sentAt = Date.UTC(year ?? 0, (month ?? 0) - 1, date_, hour, minute, second)
  if (Math.abs(sentAt - now) > SKEW_MS) return [403, 'RequestTimeTooSkewed']
  if (createHash('sha256').update(body).digest('hex') !== digest) return [400, 'XAmzContentSHA256Mismatch']
  // Everything that storage acts on has to be signed.
  const isUnsigned = Object.keys(request.headers).some(
    (name) => /^(host|range|if-match|content-md5|x-amz-.*)$/.test(name) && !names.split(';').includes(name),
  )
  if (isUnsigned) return [403, 'AccessDenied']
  const md5 = createHash('md5').update(body).digest('base64')
  if ((request.headers['content-md5'] ?? md5) !== md5) return [400, 'BadDigest']
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .toSorted()
    .join('&')
  const lines = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
  const canonical = `${request.method}\n${url.pathname}\n${query}\n${lines.join('')}\n${names}\n${digest}`
  const text = `AWS4-HMAC-SHA256\n${String(at)}\n${day}/${region}/s3/aws4_request\n${createHash('sha256').update(canonical).digest('hex')}`
  const mac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
  const key = mac(mac(mac(mac(`AWS4${SECRET}`, day ?? ''), region), 's3'), 'aws4_request')
  const isRight = timingSafeEqual(mac(key, text), Buffer.from(signature, 'hex'))
  return isRight ? undefined : [403, 'SignatureDoesNotMatch']
}

function failed(status: number, code: string): Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>` }
}

function xml(body: string): Answer {
  return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` }
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`
}
