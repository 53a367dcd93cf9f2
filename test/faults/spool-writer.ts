import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { openSpool } from '../../server/spool/spool.ts'
import { KEY, recordOf } from '../unit/spool/rig.ts'

/**
 * A process that appends as fast as it may, until it is killed: `spool-writer <folder> <first id>`. It prints when it
 * is ready, and the ids of each append once that is answered.
 */
const [folder = '', first = '0'] = process.argv.slice(2)
const started = performance.now()
const spool = await openSpool({
  folder,
  key: KEY,
  clock: systemClock,
  log: silentLog,
  limits: { segmentBytes: 1024 * 1024, firstSegmentBytes: 256 * 1024, blockBytes: 16 * 1024 },
})
process.stdout.write(`ready ${performance.now() - started}\n`)

let nextId = Number(first)

async function append(): Promise<void> {
  for (;;) {
    const ids = Array.from({ length: 1 + (nextId % 4) }, () => nextId++)
    await spool.append(ids.map((id) => recordOf(id)).join(''), ids.length)
    process.stdout.write(`${ids.join(' ')}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, append))
