import { startApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'

/** The whole server as `sluice start` runs it, on a clock that was moved by CLOCK_SHIFT milliseconds. */
const shift = Number(process.env['CLOCK_SHIFT'] ?? 0)
const config = readConfig(process.env)
const app = await startApp({
  config,
  log: createLog(config.logLevel),
  clock: { now: () => Date.now() + shift, monotonic: () => performance.now() },
})
process.stdout.write(`${JSON.stringify({ ready: true, url: app.url })}\n`)
