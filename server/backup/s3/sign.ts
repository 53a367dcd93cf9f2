import { createHash, createHmac } from 'node:crypto'

/**
 * Signature Version 4 of Amazon Web Services in the form that S3 takes: the signature is in the header
 * `authorization`, the path is encoded once, and what is sent is signed by its SHA-256
 * (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of credentials that are lent for a time. */
  readonly sessionToken?: string
}

export interface UnsignedRequest {
  readonly method: string
  /** Path and query encoded as uriEncode does. */
  readonly url: URL
  /** All of them are signed; names in lower case, without `host`. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of what is sent, hex. */
  readonly sha256: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const SERVICE = 's3'

/** The headers to send: those given, with the date, the digest of the body and the signature. */
export function sign(
  request: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  /** When, Unix milliseconds: storage refuses what is a quarter of an hour off. */
  { region, time }: { region: string; time: number },
): Record<string, string> {
  const at = new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const day = at.slice(0, 8)
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': request.sha256,
    'x-amz-date': at,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const signed = Object.entries({ ...headers, host: request.url.host }).toSorted(byName)
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    request.url.pathname,
    [...request.url.searchParams]
      .map(([name, value]): [string, string] => [uriEncode(name), uriEncode(value)])
      .toSorted(byName)
      .map((pair) => pair.join('='))
      .join('&'),
    ...signed.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    request.sha256,
  ].join('\n')
  const scope = `${day}/${region}/${SERVICE}/aws4_request`
  const text = [ALGORITHM, at, scope, sha256(canonical)].join('\n')
  const key = [day, region, SERVICE, 'aws4_request'].reduce<string | Buffer>(
    (above, part) => hmac(above, part),
    `AWS4${secretAccessKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope},SignedHeaders=${names},Signature=${signature}`,
  }
}

/** Everything but the unreserved characters of RFC 3986 as `%XX`, the slash too. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : Number(one > other)
}
