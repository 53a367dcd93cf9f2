import { existsSync, readFileSync } from 'node:fs'

const root = new URL('../../../shared/data/', import.meta.url)

/**
 * Text of an external corpus, or undefined where it is not laid beside the project. Tests that use one also run on
 * data of our own, so that they never run empty.
 */
export function corpus(name: string): string | undefined {
  const file = new URL(name, root)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** Lines of a JSON-lines corpus; empty where it is absent. */
export function corpusLines<T>(name: string): T[] {
  const lines = (corpus(name) ?? '').split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as T)
}
