import { readFileSync } from 'node:fs'
import path from 'node:path'
import { hash, verify } from '@node-rs/argon2'
import { UserError } from '../errors.ts'
import { projectRoot } from '../project-root.ts'

/**
 * Fewest characters: 8 where a second factor is always asked for, as here; alone it would be 15 (NIST SP 800-63B-4,
 * 3.1.1.2). No rules of composition, no change without cause: the same source.
 */
export const MIN_PASSWORD = 8
/** Most characters: a longer text would only cost time. The standard asks for 64 at least. */
const MAX_PASSWORD = 256

/** Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage Cheat Sheet. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** What a password is compared with where there is no account: of the same cost, with salt and hash made up. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`
/** Hashes computed side by side. Each takes 19 MiB and a thread, of which Node has four for everything. */
const AT_ONCE = 2
/** Hashes that may wait: a second or two. */
const WAITING = 40

export interface Passwords {
  /** Throws UserError for a password that is too short, too long or among the most common. */
  check(password: string): void
  /** Throws what `check` throws. */
  hash(password: string): Promise<string>
  /** Takes as long for `undefined`, where there is no account, as for a wrong password. Throws UserError 503 in a rush. */
  verify(kept: string | undefined, password: string): Promise<boolean>
}

export function createPasswords(): Passwords {
  const inTurn = createTurns()
  const common = readCommon()

  function check(password: string): void {
    const text = normal(password)
    const { length } = Array.from(text)
    if (length < MIN_PASSWORD) {
      throw new UserError(`The password is too short: take at least ${MIN_PASSWORD} characters.`)
    }
    if (length > MAX_PASSWORD) {
      throw new UserError(`The password is too long: take at most ${MAX_PASSWORD} characters.`)
    }
    if (common.has(text.toLowerCase())) {
      throw new UserError('This password is among the most common ones and is tried first: take another.')
    }
  }

  return {
    check,
    hash: async (password) => {
      check(password)
      return inTurn(() => hash(normal(password), COST))
    },
    verify: async (kept, password) => {
      // A longer one can be nobody's; cut behind the longest there is, it costs what the others cost.
      const text = normal(password).slice(0, 2 * MAX_PASSWORD + 1)
      const isRight = await inTurn(() => verify(kept ?? NOBODY, text))
      return kept !== undefined && isRight
    },
  }
}

/** The same characters, however a keyboard composes them (the standard asks for one normalization form). */
function normal(password: string): string {
  return password.normalize('NFKC')
}

/** Source and licence of the list are in its first lines. */
function readCommon(): ReadonlySet<string> {
  const file = path.join(projectRoot, 'server', 'accounts', 'common-passwords.txt')
  const lines = readFileSync(file, 'utf8').split('\n')
  return new Set(lines.filter((line) => line !== '' && !line.startsWith('# ')))
}

/** Runs a few tasks side by side, the others in the order they came. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (task) => {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING) {
        throw new UserError('Too many people are signing in: try again in a few seconds.', 503)
      }
      // Whoever ends hands its place on.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
