import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { codeOf } from './error-code.ts'

const KEY_BYTES = 32

/** The installation's key: it wraps all others (data-keys.ts, spool-key.ts) and seals backups, and is in none. */
export interface MasterKey {
  /** 256 bits. */
  readonly key: Uint8Array
  /** Tells keys apart without telling anything of them: the start of a hash, 16 hex digits. */
  readonly id: string
}

/**
 * The key from `SLUICE_KEY` where it is given, else from `<dataDir>/key`, which the first start makes with mode 0600.
 * A file that others could read is closed to them with a warning. Throws UserError when there is no usable key.
 */
export function loadMasterKey(options: {
  dataDir: string
  /** Text of SLUICE_KEY. */
  envKey?: string | undefined
  log: Pick<Log, 'warn'>
}): MasterKey {
  if (options.envKey !== undefined) return named(decodeKey(options.envKey, 'SLUICE_KEY'))
  return loadKeyFile(keyFile(options.dataDir), options.log)
}

export function keyFile(dataDir: string): string {
  return path.join(dataDir, 'key')
}

/** The key in a file, which is made where it is not there. Throws UserError when it holds none. */
export function loadKeyFile(file: string, log: Pick<Log, 'warn'>): MasterKey {
  if (!existsSync(file)) makeKeyFile(file)
  closeToOthers(file, log)
  return named(decodeKey(readFileSync(file, 'utf8').trim(), `The key file ${file}`))
}

/** 32 bytes written as 64 hex digits, base64 or base64url. Throws UserError that names the place, never the text. */
export function decodeKey(text: string, place: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  throw new UserError(
    `${place} must hold 32 bytes in base64 or hex: \`openssl rand -base64 32\` prints such a key.`,
  )
}

/** A key for one purpose, by HKDF with SHA-256 (RFC 5869): one that leaks tells nothing of the others. */
export function deriveKey(from: { readonly key: Uint8Array }, purpose: string, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', from.key, '', `sluice ${purpose}`, bytes))
}

/** Names a key by the start of a hash of it. */
export function named(key: Uint8Array): MasterKey {
  return { key, id: createHash('sha256').update('sluice key id\0').update(key).digest('hex').slice(0, 16) }
}

/**
 * Written whole and synced under another name first, so that no crash leaves half a key; then linked, which unlike a
 * rename never replaces the key of a process that started at the same moment.
 */
function makeKeyFile(file: string): void {
  const folder = path.dirname(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const draftFile = openSync(draft, 'wx', 0o600)
    writeSync(draftFile, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
    fsyncSync(draftFile)
    closeSync(draftFile)
    linkSync(draft, file)
    const folderHandle = openSync(folder, 'r')
    fsyncSync(folderHandle)
    closeSync(folderHandle)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new UserError(
        `The key file ${file} cannot be made (${codeOf(error)}): make its folder writable or set SLUICE_KEY.`,
      )
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

function closeToOthers(file: string, log: Pick<Log, 'warn'>): void {
  const mode = statSync(file).mode & 0o777
  if ((mode & 0o077) === 0) return
  try {
    chmodSync(file, 0o600)
  } catch (error) {
    throw new UserError(
      `The key file ${file} can be read by other users and its mode cannot be changed (${codeOf(error)}): set it to 0600.`,
    )
  }
  log.warn(
    { file, mode: mode.toString(8) },
    'the key file could be read by other users; its mode is now 0600',
  )
}
