import { UsageError, type Input } from './context.ts'

/** The text of a flag that a command cannot do without; `value`: what it is called. Throws UsageError where it is missing. */
export function required(input: Input, flag: string, value: string): string {
  const text = input.text(flag)
  if (text === undefined) throw new UsageError(`--${flag} is missing: write --${flag} ${value}.`)
  return text
}
