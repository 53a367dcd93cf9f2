import type { Command } from './context.ts'
import type { Flags } from './flags.ts'

/** A line of the table of commands. */
export interface CommandEntry {
  /** One to three words: `start`, `site add`, `sms sender list`. */
  readonly name: string
  /** Words it takes, `<domain>` or `<domain> [file]`, where brackets may be left out; empty for none. */
  readonly takes: string
  /** What it does, for the help. */
  readonly does: string
  readonly flags: Flags
  /** It reads its words itself; `flags` is for the help only. */
  readonly readsItself?: true
  /** Loads the code: only the command that runs pays for its imports. */
  readonly load: () => Promise<Command>
}
