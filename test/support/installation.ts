import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { EngineFile } from '../../server/clickhouse/engine/engine-file.ts'
import { createHashInput } from '../../server/enrich/siphash.ts'
import { silentLog } from '../../server/log.ts'
import { programFile } from '../../server/project-root.ts'
import { systemClock } from '../../server/clock.ts'
import { openDataKeys } from '../../server/store/data-keys.ts'
import { deriveKey, loadMasterKey } from '../../server/store/key-file.ts'
import { openStore } from '../../server/store/open.ts'

/** What a test sees of an installation that the product itself tells nobody. */

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the built product on a data folder; never rejects for what the command answers. */
export function sluice(
  data: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const entry = programFile('main')
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [entry, ...words],
      { env: { ...process.env, SLUICE_DATA: data, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** A folder that holds nothing but the key of another installation: what somebody has who restores elsewhere. */
export function folderWithKeyOf(data: string): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sluice-restored-'))
  const key = path.join(data, 'key')
  if (existsSync(key)) copyFileSync(key, path.join(made, 'key'))
  return made
}

/** Asks the embedded engine of a running product; rows as JSON. */
export async function askEngine<T>(data: string, sql: string): Promise<T[]> {
  const engine = JSON.parse(readFileSync(path.join(data, 'engine.json'), 'utf8')) as EngineFile
  const answer = await fetch(`${engine.url}/?output_format_json_quote_64bit_integers=0`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${engine.reader.username}:${engine.reader.password}`)}` },
    body: `${sql} FORMAT JSONEachRow`,
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** How often each event is in the table, by its stored id. */
export async function storedEvents(data: string): Promise<Map<string, number>> {
  const rows = await askEngine<{ id: string; times: number }>(
    data,
    'SELECT toString(event_id) AS id, toUInt32(count()) AS times FROM sluice.events GROUP BY id',
  )
  return new Map(rows.map(({ id, times }) => [id, times]))
}

const WORD = 2 ** 32

/** What the id of an event becomes in the table: the collector's keyed hash of it and its site. */
export async function eventIdHash(data: string, domain: string): Promise<(id: string) => string> {
  const store = await openStore({ dataDir: data, log: silentLog })
  const site = store.readRows('site', '').find((row) => row.domain === domain)
  const master = loadMasterKey({ dataDir: data, log: silentLog })
  const { lasting } = await openDataKeys({ store, master, clock: systemClock })
  await store.close()
  if (!site) throw new Error(`there is no site ${domain}`)
  const key = deriveKey(lasting, 'event ids', 16)
  const input = createHashInput()
  return (id) => {
    input.word(site.id)
    input.word(site.id / WORD)
    input.text(id)
    return String(input.hash(key))
  }
}
