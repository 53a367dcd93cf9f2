import { readFileSync } from 'node:fs'
import { isLoopbackHost } from '../../alerts/reachable.ts'
import { UserError } from '../../errors.ts'
import { codeOf } from '../../store/error-code.ts'
import type { Credentials } from './sign.ts'

/** A storage that speaks S3, and who asks it. */
export interface S3Settings {
  /** Origin, without bucket: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  /** Default `us-east-1`, which storage that knows no regions takes for its own. */
  readonly region: string
  /** Whether a bucket is the beginning of the path or of the host name. Default: of the host name at Amazon, else of the path. */
  readonly style: 'path' | 'host'
  /** Given, or in a file that is read anew for each request, so that it may be replaced. */
  readonly credentials: Credentials | { readonly file: string }
}

/** A folder in a bucket. */
export interface Bucket {
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
}

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/

/** Whether a place for backups is meant to be a bucket and not a folder. */
export function isBucket(place: string): boolean {
  return place.startsWith('s3://')
}

/** Reads `s3://bucket/folder`. Throws UserError for what is none. */
export function parseBucket(place: string): Bucket {
  const [, bucket, folder = ''] = BUCKET.exec(place) ?? []
  const parts = folder.split('/').filter((part) => part !== '')
  if (bucket === undefined || parts.some((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part))) {
    throw new UserError(
      `${place} is no bucket: write s3://bucket or s3://bucket/folder, with letters, digits, dots, - and _.`,
    )
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join('') }
}

/** Throws UserError where it is not https, and not this machine. */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url?.protocol === 'http:' && isLoopbackHost(url.hostname)
  const isBare = url?.pathname === '/' && url.search === '' && url.username === '' && url.hash === ''
  if (!url || !isBare || !(url.protocol === 'https:' || isHere)) {
    throw new UserError(
      'SLUICE_S3_ENDPOINT must be an https address without path, like https://s3.eu-central-1.amazonaws.com, or an http one of this machine',
    )
  }
  return url.origin
}

export function parseRegion(text: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(text)) return text
  throw new UserError('SLUICE_S3_REGION must be the name of a region, like eu-central-1')
}

export function parseStyle(text: string): S3Settings['style'] {
  if (text === 'path' || text === 'host') return text
  throw new UserError('SLUICE_S3_STYLE must be path or host: where the name of the bucket stands')
}

/** What is told where a bucket is named and nobody who asks it. */
export function nobodyAsks(place: string): string {
  return `${place} is a bucket: set SLUICE_S3_ACCESS_KEY_ID and SLUICE_S3_SECRET_ACCESS_KEY, or SLUICE_S3_CREDENTIALS_FILE`
}

/** What was set in the environment. Undefined where nobody is named who asks. */
export function s3Settings(given: {
  endpoint: string | undefined
  region: string | undefined
  style: S3Settings['style'] | undefined
  accessKeyId: string | undefined
  secretAccessKey: string | undefined
  file: string | undefined
}): S3Settings | undefined {
  const { accessKeyId, secretAccessKey, file, region = 'us-east-1' } = given
  const credentials =
    file !== undefined
      ? { file }
      : accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : undefined
  return (
    credentials && {
      endpoint: given.endpoint ?? `https://s3.${region}.amazonaws.com`,
      region,
      style: given.style ?? (given.endpoint === undefined ? 'host' : 'path'),
      credentials,
    }
  )
}

/** The variables that mean these settings, for a process that is to use the same. */
export function s3Environment(settings: S3Settings | undefined): Record<string, string> {
  if (!settings) return {}
  const { endpoint, region, style, credentials } = settings
  return {
    SLUICE_S3_ENDPOINT: endpoint,
    SLUICE_S3_REGION: region,
    SLUICE_S3_STYLE: style,
    ...('file' in credentials
      ? { SLUICE_S3_CREDENTIALS_FILE: credentials.file }
      : {
          SLUICE_S3_ACCESS_KEY_ID: credentials.accessKeyId,
          SLUICE_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        }),
  }
}

/**
 * Who asks, now. Of a file it is the profile `default`, in the shape of `~/.aws/credentials`. Throws UserError where
 * the file cannot be read or names nobody.
 */
export function credentialsOf({ credentials }: S3Settings): Credentials {
  if (!('file' in credentials)) return credentials
  const { file } = credentials
  const found = new Map<string, string>()
  let isDefault = true
  for (const line of readText(file).split('\n')) {
    const [, profile] = /^\s*\[\s*(.+?)\s*\]/.exec(line) ?? []
    if (profile !== undefined) isDefault = profile === 'default'
    const [, name, value] = /^\s*(aws_\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? []
    if (isDefault && name !== undefined && value !== undefined) found.set(name, value)
  }
  const accessKeyId = found.get('aws_access_key_id')
  const secretAccessKey = found.get('aws_secret_access_key')
  const sessionToken = found.get('aws_session_token')
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new UserError(
      `${file} names nobody: it needs the lines aws_access_key_id = … and aws_secret_access_key = … under [default].`,
      500,
    )
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(
      `The file ${file} of SLUICE_S3_CREDENTIALS_FILE cannot be read (${codeOf(error)}): make it readable for this user.`,
      500,
    )
  }
}
