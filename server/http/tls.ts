import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { describe, type Log } from '../log.ts'

/** Two files in PEM format, as `--tls-cert` and `--tls-key` name them. */
export interface TlsFiles {
  /** The server's own certificate first, those between it and its authority behind. */
  readonly cert: string
  /** Its private key, without a passphrase. */
  readonly key: string
}

/** What node:https takes. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Older versions are broken, and no browser that is still in use needs them (RFC 8996). */
export const MIN_TLS_VERSION = 'TLSv1.2'
/** How often the files are looked at: a renewal is there weeks before the old certificate ends. */
const LOOK_MS = 5_000

/**
 * Reads a certificate and its key. Throws UserError that names the file which is missing, cannot be read or holds
 * something else, and says when the two do not belong together or the certificate does not hold at `now`.
 */
export function readKeyPair(files: TlsFiles, now: number): KeyPair {
  const cert = readPem('--tls-cert', files.cert)
  const key = readPem('--tls-key', files.key)
  const certificate = parseCertificate(cert, files.cert)
  if (!certificate.checkPrivateKey(parseKey(key, files.key))) {
    throw new UserError(
      `The key in ${files.key} is not that of the certificate in ${files.cert}: give two files of one pair, the server's own certificate first.`,
    )
  }
  const [from, until] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (now >= until) {
    throw new UserError(
      `The certificate in ${files.cert} ended on ${dayOf(until)}: renew it, no browser takes it.`,
    )
  }
  if (now < from) {
    throw new UserError(
      `The certificate in ${files.cert} begins on ${dayOf(from)}: set the machine's clock right or give one that holds now.`,
    )
  }
  return { cert, key }
}

/** Looks at the files again and again until it is closed. */
export interface FollowedKeyPair {
  /** Looks now: what changed since the last look is read, and given to `apply` if it is good. */
  look(): void
  close(): void
}

/**
 * Follows a renewal. The two files are not replaced at the same moment, so a pair that does not fit is no fault: the
 * old one goes on until the next change.
 */
export function followKeyPair(parts: {
  files: TlsFiles
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'info' | 'warn'>
  apply(pair: KeyPair): void
}): FollowedKeyPair {
  const { files, clock, log, apply } = parts
  let seen = stateOf(files)
  const look = (): void => {
    const state = stateOf(files)
    if (state === seen) return
    seen = state
    try {
      apply(readKeyPair(files, clock.now()))
      log.info('the certificate was read anew')
    } catch (error) {
      log.warn({ err: describe(error) }, 'the changed certificate cannot be used, the one before goes on')
    }
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return { look, close: () => clearInterval(timer) }
}

/** Differs once a file was written or replaced, also behind a link. */
function stateOf(files: TlsFiles): string {
  return [files.cert, files.key]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false })
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : ''
    })
    .join()
}

function readPem(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UserError(`There is no file ${file}: ${flag} must name one.`)
    throw new UserError(`${flag} cannot be read (${code}): let the user that runs sluice read ${file}.`)
  }
}

function parseCertificate(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch {
    throw new UserError(
      `${file} holds no certificate in PEM format: --tls-cert must name one, like fullchain.pem.`,
    )
  }
}

function parseKey(text: string, file: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(text)
  } catch {
    throw new UserError(
      text.includes('ENCRYPTED')
        ? `The key in ${file} is locked with a passphrase: give one without, readable by sluice's user only.`
        : `${file} holds no private key in PEM format: --tls-key must name one, like privkey.pem.`,
    )
  }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
