import type { Config, Environment } from '../config.ts'
import { UserError } from '../errors.ts'

/** Where a command writes: process.stdout and process.stderr, or what a test listens to. */
export interface Output {
  write(text: string): unknown
}

/** What a command is given. */
export interface CliContext {
  /** The words after the command's name, without `--json`. */
  readonly args: readonly string[]
  readonly env: Environment
  readonly config: Config
  /** Answers. */
  readonly stdout: Output
  /** Everything else: progress, warnings, errors. */
  readonly stderr: Output
  /** `--json` was given: the answer is one JSON object. */
  readonly json: boolean
}

/** A command's words, read by the flags of its entry in commands.ts. */
export interface Input {
  /** Words that are no flags, as many as the command takes. */
  readonly words: readonly string[]
  /** The text of a flag, or undefined where it was not given. */
  text(flag: string): string | undefined
  /** All texts of a flag that may be given several times, in their order. */
  texts(flag: string): string[]
  /** Whether a flag was given, `--flag` or `--no-flag`, or undefined. */
  claim(flag: string): boolean | undefined
}

/** A command; its exit code is 0 unless it answers another. */
export type Command = (context: CliContext, input: Input) => Promise<number | void>

/** The command was written wrongly: exit code 2. */
export class UsageError extends UserError {}

/** Reads what was typed: a fault in it is wrong usage, not a failure. */
export function typed<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message) : error
  }
}

/** Writes the answer: an object with `--json`, else the lines for people. */
export function answer(context: CliContext, object: object, lines: readonly string[]): void {
  const text = context.json ? JSON.stringify(object) : lines.join('\n')
  if (text !== '') context.stdout.write(`${text}\n`)
}

/** Lines of a table with aligned columns. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Values come from strangers: what would move the cursor of a terminal is shown, not done. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
