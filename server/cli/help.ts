import type { CommandEntry } from './command-entry.ts'
import { COMMANDS } from './commands.ts'
import { GENERAL_FLAGS, usageLine, type Flags } from './flags.ts'

/** What exists, one line a command. */
export function helpText(): string {
  const lines = COMMANDS.map((command): [string, string] => [
    `${command.name} ${command.takes}`.trim(),
    command.does,
  ])
  return [
    'sluice: privacy-first web analytics',
    '',
    'Usage: sluice <command> [flags]',
    '',
    ...aligned(lines),
    '',
    '`sluice <command> --help` shows the flags of one; `sluice --version` the version.',
    '',
  ].join('\n')
}

/** One command with its flags. */
export function commandHelp(command: CommandEntry): string {
  return [
    `${usageLine(command)}: ${command.does}`,
    '',
    ...aligned([...flagLines(command.flags), ...flagLines(GENERAL_FLAGS)]),
    '',
  ].join('\n')
}

function flagLines(flags: Flags): [string, string][] {
  return Object.entries(flags).map(([name, { value, does }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    does,
  ])
}

function aligned(lines: readonly [string, string][]): string[] {
  const width = Math.max(...lines.map(([left]) => left.length))
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
