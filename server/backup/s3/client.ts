import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { codeIn, faultOfNetwork, isPassing, refusal, type Fault } from './faults.ts'
import { credentialsOf, type S3Settings } from './settings.ts'
import { sha256, sign, uriEncode } from './sign.ts'
import { elements, textOf } from './xml.ts'

/**
 * As much of S3 as backups need. Whatever goes wrong rejects with a UserError that names the bucket; what may be over
 * by itself (an answer of the 500s, a lost connection) is tried again first. Redirects are not followed.
 */
export interface S3Client {
  /** Keys that begin so, without those that have a further slash. */
  list(prefix: string): Promise<string[]>
  /** Undefined where there is none. */
  get(key: string): Promise<Buffer | undefined>
  /**
   * Reads an object piece by piece; goes on where a connection was lost. Answers its bytes, undefined where there is no
   * such object. Rejects when it was replaced meanwhile, and with what `take` rejects with.
   */
  read(key: string, take: (piece: Uint8Array) => void | Promise<void>): Promise<number | undefined>
  put(key: string, body: Uint8Array): Promise<void>
  /** Also where there is none. */
  remove(key: string): Promise<void>
  /** Begins an object in parts, which nobody sees before it is complete. */
  beginUpload(key: string): Promise<Upload>
  /** What was begun under keys that begin so, and neither completed nor aborted. */
  uploads(prefix: string): Promise<BegunUpload[]>
}

export interface Upload {
  /** Sends the next part: 5 MiB at least, unless it is the last. */
  add(part: Uint8Array): Promise<void>
  /** Makes all parts one object at once. After a lost answer only reading it tells whether it is there. */
  complete(): Promise<void>
  /** Forgets the parts. */
  abort(): Promise<void>
}

export interface BegunUpload {
  readonly key: string
  /** Unix milliseconds. */
  readonly begun: number
  abort(): Promise<void>
}

/** How long storage that does not answer is waited for. */
export interface Patience {
  /** One try, with all that is sent and read, milliseconds. */
  readonly tryMs: number
  /** Before each further try, milliseconds. */
  readonly waitsMs: readonly number[]
}

/** For a backup: a part of one may take minutes on a slow line. */
export const PATIENT: Patience = { tryMs: 300_000, waitsMs: [1_000, 5_000, 20_000] }
/** For what a visitor or a start waits for. */
export const QUICK: Patience = { tryMs: 5_000, waitsMs: [500] }

export interface S3Parts {
  settings: S3Settings
  bucket: string
  patience: Patience
  clock: Pick<Clock, 'now'>
  /** Default: real time. */
  wait?: (ms: number) => Promise<unknown>
  /** Default: the global one. */
  fetch?: typeof fetch
}

interface Asked {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

const NOTHING = new Uint8Array()
const NOT_IMPLEMENTED = 501

export function createS3Client(parts: S3Parts): S3Client {
  const { settings, bucket, patience, clock } = parts
  const wait = parts.wait ?? ((ms: number): Promise<unknown> => setTimeout(ms))
  const fetching = parts.fetch ?? fetch
  const shown = `s3://${bucket}`

  function send(asked: Asked): Promise<Response> {
    const { method, headers = {}, body = NOTHING } = asked
    const url = urlOf(settings, bucket, asked)
    const [region, time] = [settings.region, clock.now()]
    const unsigned = { method, url, headers, sha256: sha256(body) }
    return fetching(url, {
      method,
      headers: sign(unsigned, credentialsOf(settings), { region, time }),
      redirect: 'manual',
      signal: AbortSignal.timeout(patience.tryMs),
      ...((method === 'PUT' || method === 'POST') && { body }),
    })
  }

  /** Waits before a further try; rejects where there is none. */
  async function pause(fault: Fault, attempt: number): Promise<void> {
    const ms = patience.waitsMs[attempt]
    if (ms === undefined || !isPassing(fault)) throw refusal(shown, fault)
    await wait(ms)
  }

  /** The answer, of the 200s or 404: there is no such object, or upload. Of a question about the bucket also 501. */
  async function ask(asked: Asked): Promise<Answer> {
    const isOfBucket = asked.method === 'GET' && asked.key === undefined
    for (let attempt = 0; ; attempt++) {
      let fault: Fault
      try {
        const { ok, status, headers, ...rest } = await whole(await send(asked))
        const code = ok && asked.method === 'GET' && !isOfBucket ? '' : codeIn(rest.body.toString())
        const isAnswer =
          (ok && code === '') ||
          (status === 404 && code !== 'NoSuchBucket') ||
          (status === NOT_IMPLEMENTED && isOfBucket)
        if (isAnswer) return { status, headers, body: rest.body }
        // What takes long is answered 200 before it is known whether it succeeds.
        fault = { status: ok ? 500 : status, code }
      } catch (error) {
        if (error instanceof UserError) throw error
        fault = faultOfNetwork(error)
      }
      await pause(fault, attempt)
    }
  }

  async function askText(asked: Asked): Promise<string> {
    const { status, body } = await ask(asked)
    const text = body.toString()
    if (status === 404 || status === NOT_IMPLEMENTED) throw refusal(shown, { status, code: codeIn(text) })
    return text
  }

  function uploadOf(key: string, uploadId: string): Upload {
    const tags: string[] = []
    return {
      async add(part) {
        const query = { partNumber: String(tags.length + 1), uploadId }
        const { status, headers, body } = await ask({ method: 'PUT', key, query, ...withDigest(part) })
        const tag = headers.get('etag')
        if (tag === null) throw refusal(shown, { status, code: codeIn(body.toString()) })
        tags.push(tag)
      },
      async complete() {
        const list = tags
          .map(
            (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
          )
          .join('')
        const body = Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`)
        await ask({ method: 'POST', key, query: { uploadId }, body })
      },
      async abort() {
        await ask({ method: 'DELETE', key, query: { uploadId } })
      },
    }
  }

  return {
    async list(prefix) {
      const keys: string[] = []
      for (let token: string | undefined = ''; token !== undefined;) {
        const query = { 'list-type': '2', delimiter: '/', prefix }
        const text = await askText({
          method: 'GET',
          query: token === '' ? query : { ...query, 'continuation-token': token },
        })
        keys.push(...elements(text, 'Contents').map((one) => textOf(one, 'Key') ?? ''))
        token = textOf(text, 'IsTruncated') === 'true' ? textOf(text, 'NextContinuationToken') : undefined
      }
      return keys
    },
    async get(key) {
      const { status, body } = await ask({ method: 'GET', key })
      return status === 404 ? undefined : body
    },
    async read(key, take) {
      let done = 0
      let tag = ''
      for (let attempt = 0; ; attempt++) {
        let fault: Fault
        let isTaking = false
        try {
          const headers = done === 0 ? {} : { range: `bytes=${done}-`, 'if-match': tag }
          const response = await send({ method: 'GET', key, headers })
          if (response.body && response.status === (done === 0 ? 200 : 206)) {
            tag = response.headers.get('etag') ?? ''
            for await (const piece of response.body as AsyncIterable<Uint8Array>) {
              isTaking = true
              await take(piece)
              isTaking = false
              done += piece.length
              attempt = 0
            }
            return done
          }
          fault = { status: response.status, code: codeIn(await response.text()) }
          if (done === 0 && fault.status === 404 && fault.code !== 'NoSuchBucket') return undefined
        } catch (error) {
          if (isTaking || error instanceof UserError) throw error
          fault = faultOfNetwork(error)
        }
        await pause(fault, attempt)
      }
    },
    async put(key, body) {
      await askText({ method: 'PUT', key, ...withDigest(body) })
    },
    async remove(key) {
      await ask({ method: 'DELETE', key })
    },
    async beginUpload(key) {
      const text = await askText({ method: 'POST', key, query: { uploads: '' } })
      const id = textOf(text, 'UploadId')
      if (id === undefined) throw refusal(shown, { status: 200, code: 'no UploadId' })
      return uploadOf(key, id)
    },
    async uploads(prefix) {
      const found: BegunUpload[] = []
      for (let from: Record<string, string> | undefined = {}; from;) {
        const { status, body } = await ask({ method: 'GET', query: { uploads: '', prefix, ...from } })
        // Simple storage cannot list them, and has to clear them away by itself.
        if (status === NOT_IMPLEMENTED) return []
        const text = body.toString()
        for (const one of elements(text, 'Upload')) {
          const [key = '', id = '', begun = ''] = ['Key', 'UploadId', 'Initiated'].map((name) =>
            textOf(one, name),
          )
          found.push({ key, begun: Date.parse(begun), abort: uploadOf(key, id).abort })
        }
        const [key = '', id = ''] = ['NextKeyMarker', 'NextUploadIdMarker'].map((name) => textOf(text, name))
        from =
          textOf(text, 'IsTruncated') === 'true' ? { 'key-marker': key, 'upload-id-marker': id } : undefined
      }
      return found
    },
  }
}

function urlOf({ endpoint, style }: S3Settings, bucket: string, { key, query = {} }: Asked): URL {
  const url = new URL(endpoint)
  if (style === 'host') {
    url.hostname = `${bucket}.${url.hostname}`
    if (!url.hostname.startsWith(`${bucket}.`)) {
      throw new UserError('SLUICE_S3_STYLE=host needs a name in SLUICE_S3_ENDPOINT: set it to path.', 500)
    }
  }
  const object = (key ?? '').split('/').map(uriEncode).join('/')
  url.pathname = style === 'host' ? object : `${bucket}/${object}`
  url.search = Object.entries(query)
    .map((pair) => pair.map(uriEncode).join('='))
    .join('&')
  return url
}

async function whole(response: Response): Promise<Answer & { ok: boolean }> {
  const body = Buffer.from(await response.arrayBuffer())
  return { ok: response.ok, status: response.status, headers: response.headers, body }
}

/** Buckets whose objects cannot be removed for a time want a digest of their own, beside the signed one. */
function withDigest(body: Uint8Array): Pick<Asked, 'headers' | 'body'> {
  return { body, headers: { 'content-md5': createHash('md5').update(body).digest('base64') } }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
