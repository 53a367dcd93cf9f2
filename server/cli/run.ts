import { readFileSync } from 'node:fs'
import path from 'node:path'
import { refuseUnfinished } from '../backup/unfinished.ts'
import { readConfig, type Environment } from '../config.ts'
import { UserError } from '../errors.ts'
import { projectRoot } from '../project-root.ts'
import type { CommandEntry } from './command-entry.ts'
import { COMMANDS } from './commands.ts'
import { UsageError, type Input, type Output } from './context.ts'
import { readInput } from './flags.ts'
import { commandHelp, helpText } from './help.ts'

export type { CliContext } from './context.ts'

/** Done. */
const DONE = 0
/** It failed. */
const FAILED = 1
/** It was written wrongly. */
const WRONG_USAGE = 2

/**
 * Runs one command and answers its exit code: 0 done, 1 it failed, 2 wrong usage. Answers go to `stdout`, faults as
 * one sentence to `stderr`. Never throws.
 */
export async function runCli(
  argv: readonly string[],
  env: Environment,
  streams: { stdout: Output; stderr: Output },
): Promise<number> {
  try {
    return await dispatch(argv, env, streams)
  } catch (error) {
    streams.stderr.write(`${faultSentence(error, env['LOG_LEVEL'] === 'debug')}\n`)
    return error instanceof UsageError ? WRONG_USAGE : FAILED
  }
}

async function dispatch(
  argv: readonly string[],
  env: Environment,
  streams: { stdout: Output; stderr: Output },
): Promise<number> {
  const { stdout, stderr } = streams
  const { words, json, help } = takeGeneral(argv)
  if (words[0] === '--version') {
    stdout.write(`${version()}\n`)
    return DONE
  }
  if (words[0] === undefined) {
    ;(help ? stdout : stderr).write(helpText())
    return help ? DONE : WRONG_USAGE
  }
  const command = findCommand(words)
  if (help) {
    stdout.write(commandHelp(command))
    return DONE
  }
  const args = words.slice(command.name.split(' ').length)
  const input = command.readsItself ? UNREAD : readInput(command, args)
  const config = readConfig(env)
  // Only the restore itself goes on with half of a data folder.
  if (command.name !== 'restore') refuseUnfinished(config.dataDir)
  const run = await command.load()
  return (await run({ args, env, config, stdout, stderr, json }, input)) ?? DONE
}

const UNREAD: Input = { words: [], text: () => undefined, texts: () => [], claim: () => undefined }

/** Takes out what every command knows, wherever it stands before a `--`. */
function takeGeneral(argv: readonly string[]): { words: string[]; json: boolean; help: boolean } {
  const end = argv.indexOf('--')
  const [flags, rest] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end)]
  return {
    words: [...flags.filter((word) => word !== '--json' && !isHelp(word)), ...rest],
    json: flags.includes('--json'),
    help: flags.some(isHelp),
  }
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

function findCommand(words: readonly string[]): CommandEntry {
  const [first = '', second = ''] = words
  for (const count of [3, 2, 1]) {
    const written = words.slice(0, count).join(' ')
    const exact = COMMANDS.find(({ name }) => name === written)
    if (exact) return exact
  }
  for (const group of [`${first} ${second}`, first]) {
    const below = COMMANDS.filter(({ name }) => name.startsWith(`${group} `)).map(
      ({ name }) => name.slice(group.length + 1).split(' ')[0],
    )
    if (below.length > 0) {
      throw new UsageError(
        `\`sluice ${group}\` needs one of ${[...new Set(below)].join(', ')}: \`sluice --help\` shows what each does.`,
      )
    }
  }
  const names = new Set(COMMANDS.map(({ name }) => name.split(' ')[0]))
  throw new UsageError(
    `There is no command ${JSON.stringify(first.slice(0, 80))}: there are ${[...names].join(', ')}; \`sluice --help\` shows what each does.`,
  )
}

function version(): string {
  const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** What went wrong for people: a stack, which names files of this machine, is for who asked to debug. */
function faultSentence(error: unknown, debug: boolean): string {
  if (error instanceof UserError) return error.message
  if (debug) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const name = error instanceof Error ? error.name : 'something thrown'
  return `Something broke inside sluice (${name}): run it again with LOG_LEVEL=debug to see where.`
}
