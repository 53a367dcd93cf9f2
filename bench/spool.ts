import { closeSync, fdatasync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../server/clock.ts'
import { silentLog } from '../server/log.ts'
import { openSpool, type Spool } from '../server/spool/spool.ts'

/**
 * `tsc -b bench && node dist/bench/spool.js [folder]`: records per second that the spool acknowledges with 64 appenders,
 * beside its limit in the same run: a bare loop that writes and syncs the same bytes without gathering, numbering,
 * sealing or answering. Medians of the rounds. The folder decides which disk is measured; default: this one.
 */
const ROUNDS = 5
const SECONDS = 2
const APPENDERS = 64
const RECORD = `2026-11-24\t00000000000000000001\t1764000000000\t${'x'.repeat(350)}\n`
const FILE_BYTES = 64 * 1024 * 1024

const folder = mkdtempSync(path.join(path.resolve(process.argv[2] ?? '.'), 'bench-spool-'))

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const whole = (value: number): string => Math.round(value).toLocaleString('en').padStart(9)

async function product(records: number): Promise<number> {
  const spool = await openSpool({
    folder: path.join(folder, `spool-${records}`),
    key: new Uint8Array(32),
    clock: systemClock,
    log: silentLog,
  })
  const lines = RECORD.repeat(records)
  const start = performance.now()
  const end = start + SECONDS * 1000
  await Promise.all(Array.from({ length: APPENDERS }, () => append(spool, lines, records, end)))
  const seconds = (performance.now() - start) / 1000
  const kept = spool.position()
  await spool.release(kept)
  await spool.close()
  rmSync(path.join(folder, `spool-${records}`), { recursive: true })
  return kept / seconds
}

async function append(spool: Spool, lines: string, records: number, end: number): Promise<void> {
  while (performance.now() < end) {
    await spool.append(lines, records)
    if (spool.stats().memoryBytes > FILE_BYTES / 4) await spool.release(spool.position())
  }
}

/** One write and one fdatasync after the other, each of as many records as the appenders have under way. */
async function limit(records: number): Promise<number> {
  const file = openSync(path.join(folder, 'bare'), 'w')
  const zeros = Buffer.alloc(1024 * 1024)
  for (let at = 0; at < FILE_BYTES; at += zeros.length) writeSync(file, zeros)
  fsyncSync(file)
  const bytes = Buffer.from(RECORD.repeat(Math.min(records * APPENDERS, 2_500)))
  let [at, written] = [0, 0]
  const start = performance.now()
  while (performance.now() - start < SECONDS * 1000) {
    if (at + bytes.length > FILE_BYTES) at = 0
    writeSync(file, bytes, 0, bytes.length, at)
    await new Promise<void>((resolve, reject) => {
      fdatasync(file, (error) => (error ? reject(error) : resolve()))
    })
    at += Math.ceil(bytes.length / 4096) * 4096
    written += bytes.length / RECORD.length
  }
  const seconds = (performance.now() - start) / 1000
  closeSync(file)
  return written / seconds
}

try {
  for (const records of [1, 500]) {
    const [ours, bare]: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await limit(records))
      ours.push(await product(records))
    }
    const share = median(ours) / median(bare)
    console.log(
      `${APPENDERS} appenders × ${String(records).padStart(3)} records: spool ${whole(median(ours))}/s, bare fdatasync ${whole(median(bare))}/s, ${share.toFixed(2)} of it`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
