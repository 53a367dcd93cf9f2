import { parseArgs } from 'node:util'
import { UsageError, type Input } from './context.ts'

/** A flag: with `value` it takes a text, without it is a claim that `--no-…` denies. */
export interface Flag {
  readonly value?: string
  readonly does: string
}
export type Flags = Readonly<Record<string, Flag>>

/** Flags of every command, taken out before its own are read. */
export const GENERAL_FLAGS: Flags = {
  json: { does: 'answers with one JSON object' },
  help: { does: 'shows this' },
}

interface Readable {
  readonly name: string
  readonly takes: string
  readonly flags: Flags
}

/** Reads the words of a command. Throws UsageError that names what the command takes. */
export function readInput(command: Readable, args: readonly string[]): Input {
  const { name, flags } = command
  const words: string[] = []
  const given = new Map<string, string | boolean>()
  const texts = new Map<string, string[]>()
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { value }]) => [flag, { type: textOrClaim(value) }]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const claim = token.name.replace(/^no-/, '')
    const flag = flags[token.name] ?? (flags[claim]?.value === undefined ? flags[claim] : undefined)
    if (!flag || !token.rawName.startsWith('--')) {
      throw new UsageError(`\`sluice ${name}\` has no flag ${token.rawName}: it takes ${known(flags)}.`)
    }
    if (flag.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`)
      given.set(claim, token.name === claim)
    } else {
      // `--timezone --subdomains`: the word after it is the next flag, the value was forgotten. Ids may begin with
      // hyphens as well.
      if (!token.value || (!token.inlineValue && isFlag(token.value, flags))) {
        throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}.`)
      }
      given.set(token.name, token.value)
      texts.set(token.name, [...(texts.get(token.name) ?? []), token.value])
    }
  }
  const takes = command.takes.split(' ').filter((word) => word !== '')
  const least = takes.filter((word) => word.startsWith('<')).length
  if (words.length < least || words.length > takes.length) {
    throw new UsageError(
      `\`sluice ${name}\` takes ${takes.length === 0 ? 'flags only' : takes.length === 1 ? `one ${command.takes}` : command.takes}: write ${usageLine(command)}.`,
    )
  }
  return {
    words,
    text: (flag) => {
      const value = given.get(flag)
      return typeof value === 'string' ? value : undefined
    },
    texts: (flag) => texts.get(flag) ?? [],
    claim: (flag) => {
      const value = given.get(flag)
      return typeof value === 'boolean' ? value : undefined
    },
  }
}

/** `sluice site add <domain> [flags]`. */
export function usageLine(command: Readable): string {
  const flags = Object.keys(command.flags).length > 0 ? '[flags]' : ''
  return ['sluice', command.name, command.takes, flags].filter((part) => part !== '').join(' ')
}

function isFlag(word: string, flags: Flags): boolean {
  const [, claim, name = ''] = /^--(no-)?([^=]*)/.exec(word) ?? []
  const flag = flags[name] ?? GENERAL_FLAGS[name]
  return flag !== undefined && (claim === undefined || flag.value === undefined)
}

function textOrClaim(value: string | undefined): 'string' | 'boolean' {
  return value === undefined ? 'boolean' : 'string'
}

function known(flags: Flags): string {
  const names = [...Object.keys(flags), ...Object.keys(GENERAL_FLAGS)].map((flag) => `--${flag}`)
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
