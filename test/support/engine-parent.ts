import { startEngine } from '../../server/clickhouse/engine/supervisor.ts'
import { silentLog } from '../../server/log.ts'

/** `node engine-parent.mjs <folder> <entry>`: starts an engine, tells its process id and address, and stays. */
const [, , folder = '', entry = ''] = process.argv
const engine = await startEngine({ folder, entry, log: silentLog })
process.stdout.write(`${JSON.stringify({ pid: engine.pid, url: engine.url })}\n`)
