import { UserError } from '../../errors.ts'
import { codeOf } from '../../store/error-code.ts'
import { textOf } from './xml.ts'

/** What went wrong with one request. */
export interface Fault {
  /** Of the answer; 0: there was none. */
  readonly status: number
  /** As the storage or the network calls it, `AccessDenied` or `ECONNREFUSED`. */
  readonly code: string
}

/** Over by themselves, whatever they are answered with. */
const PASSING = ['RequestTimeout', 'SlowDown', 'OperationAborted']
const WRONG_KEY = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken']
const ELSEWHERE = ['AuthorizationHeaderMalformed', 'PermanentRedirect', 'TemporaryRedirect']

/** The code of an answer that tells of a fault; empty where it tells of none. */
export function codeIn(text: string): string {
  if (!text.includes('<Error>')) return ''
  return /^\w{1,60}$/.exec(textOf(text, 'Code') ?? '')?.[0] ?? 'no reason given'
}

/** What the network did to a request. Throws what it did not do. */
export function faultOfNetwork(error: unknown): Fault {
  if (error instanceof Error) {
    if (error.name === 'TimeoutError') return { status: 0, code: 'no answer in time' }
    const code = codeOf(error.cause)
    if (code !== '') return { status: 0, code }
  }
  throw error
}

export function isPassing({ status, code }: Fault): boolean {
  return status === 0 || status === 429 || (status >= 500 && status !== 501) || PASSING.includes(code)
}

/** What is told a person. */
export function refusal(bucket: string, { status, code }: Fault): UserError {
  if (status === 0) {
    return tell(
      `The storage of ${bucket} cannot be reached (${code}): see whether it is up, and SLUICE_S3_ENDPOINT.`,
    )
  }
  if (code === 'NoSuchBucket') return tell(`There is no bucket ${bucket}: make it, or name another.`)
  if (code === 'RequestTimeTooSkewed') {
    return tell(`The storage of ${bucket} finds the clock of this machine wrong: set it.`)
  }
  if (WRONG_KEY.includes(code)) {
    return tell(
      `The storage of ${bucket} does not know who asks (${code}): look at SLUICE_S3_ACCESS_KEY_ID and SLUICE_S3_SECRET_ACCESS_KEY, or at the file of SLUICE_S3_CREDENTIALS_FILE.`,
    )
  }
  if (ELSEWHERE.includes(code) || (status >= 300 && status < 400)) {
    return tell(
      `The bucket ${bucket} is in another region, or somewhere else: set SLUICE_S3_REGION and SLUICE_S3_ENDPOINT.`,
    )
  }
  if (status === 403) {
    return tell(
      `The storage of ${bucket} refuses (${code || status}): whoever asks must be allowed to list, read, write and remove objects there.`,
    )
  }
  return tell(
    `The storage of ${bucket} answered ${status} (${code || 'no reason given'}): see whether it is well.`,
  )
}

function tell(sentence: string): UserError {
  return new UserError(sentence, 502)
}
