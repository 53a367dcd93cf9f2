import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { MAX_MANIFEST_BYTES } from '../consent/policy/manifest.ts'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'

/** What a command calls standard input, and takes where no file is named. */
const STANDARD_INPUT = '-'

/** The JSON of a file, or of standard input for `-` and where none is named. Throws UserError for what is none. */
export async function readManifestJson(file = STANDARD_INPUT): Promise<unknown> {
  return file === STANDARD_INPUT ? parse(await text(process.stdin), 'Standard input') : readManifestFile(file)
}

/** A secret: the first line of a file, or of standard input for `-`. A word of the command would be seen by others. */
export async function readSecretLine(file: string): Promise<string> {
  const written = file === STANDARD_INPUT ? await text(process.stdin) : readText(file)
  return (written.split('\n', 1)[0] ?? '').trim()
}

/** The text of a file, or of standard input for `-`. Throws UserError where it cannot be read. */
export async function readWhole(file: string): Promise<string> {
  return file === STANDARD_INPUT ? text(process.stdin) : readText(file)
}

/** The JSON of a file as it is now. Throws UserError for what is none. */
export function readManifestFile(file: string): unknown {
  return parse(readText(file), file)
}

function parse(written: string, name: string): unknown {
  if (Buffer.byteLength(written) > MAX_MANIFEST_BYTES) {
    throw new UserError(`A manifest has at most ${MAX_MANIFEST_BYTES / 1024} KiB.`)
  }
  try {
    return JSON.parse(written)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError(`${name} is no valid JSON: mend it, or print one with \`sluice policy show\`.`)
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    if (code === '') throw error
    throw new UserError(`${file} cannot be read (${code}).`)
  }
}
