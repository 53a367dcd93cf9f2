import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Site } from '../../schema/site.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { systemClock } from '../clock.ts'
import type { CountedCell } from '../drops/cell.ts'
import { addCells } from '../drops/counts.ts'
import { createDayKeys } from '../enrich/day-keys.ts'
import { loadGeo, type Geo } from '../enrich/geo.ts'
import { loadNetworks, type Networks } from '../enrich/network.ts'
import { createEnrich } from '../enrich/pipeline.ts'
import { UserError } from '../errors.ts'
import { openImportStorage } from '../import-storage.ts'
import { createLog, type Log } from '../log.ts'
import { detectFormat, openFormat } from '../logs/formats/index.ts'
import { createImport, type Import, type ImportCounts, type ImportParts } from '../logs/import.ts'
import { LOG_FORMATS, type LogFormat } from '../logs/line.ts'
import { readLines, type NumberedLine } from '../logs/lines.ts'
import { createPastKeys } from '../logs/past-keys.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites } from '../sites/registry.ts'
import { siteHour } from '../sites/site-hour.ts'
import { deriveKey } from '../store/key-file.ts'
import type { Store } from '../store/open.ts'
import { answer, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

/** Where a log is read from: a file, or standard input as `-`. */
interface Source {
  readonly stream: AsyncIterable<Buffer>
  /** Of a file; undefined where it comes through a pipe. */
  readonly bytes: number | undefined
}

/** Read at once: some thousand lines, which stay in the processor's cache while they are worked on. */
const CHUNK_BYTES = 512 * 1024

/** Reasons that are told one by one; the others are counted. */
const TOLD_FAULTS = 10

/** `sluice import <file|-> --site <domain> [--format …] [--host …]`. */
export const importLog: Command = async (context, input) => {
  const domain = typed(() => normalizeDomain(siteOf(input)))
  const format = formatOf(input)
  const source = await openSource(input.words[0] ?? '-')
  const faults = createFaults(context)
  const counts = await withImport(context, domain, async (start) => {
    const progress = createProgress(context, source.bytes)
    const lines = readLines(counted(source.stream, progress.onBytes))
    const log = await begin(lines, format)
    const host = input.text('host')?.toLowerCase()
    const running = start({ host, read: openFormat(log.format), onFailed: faults.add })
    try {
      for await (const some of log.lines) {
        await running.add(some)
        progress.show(running.counts.lines)
      }
    } finally {
      // What was read before a log turned out to be damaged stays.
      await running.finish()
      progress.end()
    }
    return running.counts
  })
  faults.tellRest()
  answer(context, counts, summary(domain, counts))
  return counts.lines > 0 && counts.failed === counts.lines ? 1 : 0
}

function siteOf(input: Input): string {
  const domain = input.text('site')
  if (domain === undefined) {
    throw new UsageError('Name the site that the log is of: sluice import access.log --site example.com.')
  }
  return domain
}

function formatOf(input: Input): LogFormat | undefined {
  const name = input.text('format') ?? 'auto'
  if (name === 'auto') return undefined
  const format = LOG_FORMATS.find((known) => known === name)
  if (format === undefined) {
    throw new UsageError(
      `${JSON.stringify(name.slice(0, 40))} is no format of logs: choose auto, ${LOG_FORMATS.join(', ')}.`,
    )
  }
  return format
}

async function openSource(name: string): Promise<Source> {
  if (name === '-') return { stream: process.stdin, bytes: undefined }
  try {
    const { size } = await stat(name)
    const stream: ReadStream = createReadStream(name, { highWaterMark: CHUNK_BYTES })
    return { stream, bytes: size }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'EACCES') throw error
    throw new UserError(
      `The log ${path.resolve(name)} ${code === 'ENOENT' ? 'is not there' : 'may not be read'}: name a file, or - for standard input.`,
    )
  }
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** Lines that are looked at to tell the format. */
const FIRST_LINES = 50

/** The format of a log, and all of its lines, those that were looked at for it too. */
async function begin(
  lines: AsyncGenerator<NumberedLine[]>,
  format: LogFormat | undefined,
): Promise<{ format: LogFormat; lines: AsyncIterable<NumberedLine[]> }> {
  if (format !== undefined) return { format, lines }
  const first: NumberedLine[] = []
  while (first.length < FIRST_LINES) {
    const next = await lines.next()
    if (next.done === true) break
    first.push(...next.value)
  }
  const found = detectFormat(first.slice(0, FIRST_LINES).flatMap(({ text }) => text ?? []))
  if (found === undefined && first.length > 0) {
    throw new UserError(
      `The log is in no format that is known here: name it with --format, one of ${LOG_FORMATS.join(', ')}.`,
    )
  }
  return {
    // Of an empty log it does not matter.
    format: found ?? 'combined',
    lines: (async function* all() {
      yield first
      yield* lines
    })(),
  }
}

/** Opens what an import needs, with the server running or not, and closes it whatever happens. */
async function withImport<T>(
  context: CliContext,
  domain: string,
  act: (start: (parts: Pick<ImportParts, 'host' | 'read' | 'onFailed'>) => Import) => Promise<T>,
): Promise<T> {
  const { config } = context
  const log = createLog('silent')
  // First of all, and what else is needed is read meanwhile: where no server runs, an engine has to start.
  const opening = openClickHouse({ ...config, log, mode: 'command' })
  const reading = readTables(log)
  // Whoever waits for them hears of it; where something else fails before, nobody does.
  for (const one of [opening, reading]) one.catch(() => undefined)
  try {
    return await withAudit(context, async (store, _audit, { data }) => {
      const site = createSites({ store, clock: systemClock }).get(domain)
      const { geo, networks } = await reading
      const clickhouse = await opening
      const { write } = clickhouse
      const { success } = await write.ping({ select: true })
      if (!success)
        throw new UserError('The database does not answer: `sluice doctor` tells what else is wrong.')
      await migrate(write, clickhouse)
      const { dataDir } = config
      const target = await openImportStorage({ dataDir, write, site, clock: systemClock, log })
      const dayKeys = createDayKeys({ dataDir, clock: systemClock, log })
      const pastKeys = createPastKeys(dayKeys, site, systemClock)
      const scrubbed = new Map<string, number>()
      let running: Import | undefined
      try {
        const enrich = createEnrich({
          dayKeys: pastKeys,
          eventIdKey: deriveKey(data.lasting, 'event ids', 16),
          geo,
          networks,
        })
        return await act(
          (parts) =>
            (running = createImport({
              ...parts,
              site,
              enrich: enrich.steps,
              onScrubbed: (kind) => void scrubbed.set(kind, (scrubbed.get(kind) ?? 0) + 1),
              target,
              clock: systemClock,
            })),
        )
      } finally {
        pastKeys.close()
        dayKeys.close()
        await target.close()
        if (running) await countDropped(store, site, running.counts, scrubbed)
      }
    })
  } finally {
    // Where it did not start there is nothing to close.
    const clickhouse = await opening.catch(() => undefined)
    await clickhouse?.close()
  }
}

/** Where addresses are, and whose. */
async function readTables(log: Log): Promise<{ geo: Geo; networks: Networks }> {
  return { geo: await loadGeo({ log }), networks: loadNetworks({ log }) }
}

/** What came of the lines that are not stored as they were read goes to the drop ledger. */
function countDropped(
  store: Pick<Store, 'transaction'>,
  { id: siteId, timezone }: Site,
  { duplicates, failed }: Readonly<ImportCounts>,
  scrubbed: ReadonlyMap<string, number>,
): Promise<void> {
  const at = { siteId, ...siteHour(timezone, systemClock.now()) }
  const cells: CountedCell[] = [
    { ...at, kind: 'dropped', reason: 'duplicate', count: duplicates },
    { ...at, kind: 'dropped', reason: 'invalid_event', count: failed },
  ]
  for (const [reason, values] of scrubbed) cells.push({ ...at, kind: 'scrubbed', reason, count: values })
  const those = cells.filter((cell) => cell.count > 0)
  return store.transaction((transaction) => addCells(transaction, those))
}

/** Tells the first lines that were not taken one by one, the rest in one line. */
function createFaults({ stderr }: CliContext): { add(line: number, reason: string): void; tellRest(): void } {
  let faults = 0
  return {
    add(line, reason) {
      if (++faults <= TOLD_FAULTS) stderr.write(`Line ${line} is passed over: ${reason}.\n`)
    },
    tellRest() {
      if (faults > TOLD_FAULTS) stderr.write(`${faults - TOLD_FAULTS} more lines are passed over.\n`)
    },
  }
}

const SHOW_MS = 200
const BAR = 24

interface Progress {
  onBytes(bytes: number): void
  show(lines: number): void
  end(): void
}

/** A bar with rate and time left, on a terminal only. */
function createProgress({ stderr, json }: CliContext, total: number | undefined): Progress {
  const isTerminal = !json && (stderr as { isTTY?: boolean }).isTTY === true
  const began = performance.now()
  let shownAt = began
  let read = 0
  return {
    onBytes: (bytes) => void (read += bytes),
    show(lines) {
      const now = performance.now()
      if (!isTerminal || now - shownAt < SHOW_MS) return
      shownAt = now
      stderr.write(`\r\u001B[K${progressText({ lines, read, total, seconds: (now - began) / 1_000 })}`)
    },
    end: () => void (isTerminal && stderr.write('\r\u001B[K')),
  }
}

/** `██████░░░  43 %  120,000 lines  51,234 a second  1:20 left`. */
export function progressText(at: {
  lines: number
  read: number
  total: number | undefined
  seconds: number
}): string {
  const { lines, read, total, seconds } = at
  const rate = `${count(lines)} lines  ${count(Math.round(lines / Math.max(seconds, 0.001)))} a second`
  if (total === undefined || total === 0 || read === 0) return rate
  const part = Math.min(1, read / total)
  const full = Math.round(part * BAR)
  const left = Math.ceil((seconds / part) * (1 - part))
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full)
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${rate}  ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`
}

function summary(domain: string, counts: Readonly<ImportCounts>): string[] {
  const { lines, pageviews, assets, bots, other, duplicates, failed } = counts
  return [
    `${count(lines)} lines of ${domain}: ${count(pageviews)} page views, ${count(assets)} assets, ${count(bots)} by robots, ${count(other)} others.`,
    ...(duplicates > 0 ? [`${count(duplicates)} were imported before and count once.`] : []),
    ...(failed > 0 ? [`${count(failed)} were passed over.`] : []),
  ]
}

function count(value: number): string {
  return value.toLocaleString('en-GB')
}
