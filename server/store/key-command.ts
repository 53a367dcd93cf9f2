import { execFileSync } from 'node:child_process'
import { UserError } from '../errors.ts'
import { decodeKey } from './key-file.ts'

/** Longest a command may take: one that asks a vault far away takes seconds. */
const TIMEOUT_MS = 30_000
/** A key and its end of line take 65 characters at most; who prints a page has called the wrong command. */
const MAX_OUTPUT = 4_096

/**
 * The text of the key that a command prints, such as one that asks a vault or a key management service: so it stands
 * in no file and in no environment but this process's memory. The shell runs it; what it says on stderr is passed on,
 * what it prints is never shown. Throws UserError when it fails, takes more than half a minute or prints no key.
 */
export function keyFromCommand(command: string, variable: string): string {
  let text: string
  try {
    text = execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT,
      timeout: TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim()
  } catch (error) {
    throw new UserError(
      `${variable} did not print a key (${reasonOf(error as Failure)}): run it by hand to see why`,
    )
  }
  decodeKey(text, `What ${variable} prints`)
  return text
}

interface Failure {
  readonly code?: string
  readonly status?: number | null
  readonly signal?: string | null
}

function reasonOf({ code, status, signal }: Failure): string {
  if (code === 'ETIMEDOUT') return `nothing within ${TIMEOUT_MS / 1000} s`
  if (code === 'ENOBUFS') return 'far more than a key'
  return typeof status === 'number' ? `exit code ${status}` : (signal ?? code ?? 'no reason given')
}
