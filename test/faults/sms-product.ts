import { startApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import { clockOf } from './sms-clock.ts'

/** The whole server as `sluice start` runs it, on a clock that was moved, as CLOCK_SHIFT and CLOCK_SPEED say. */
const { CLOCK_SHIFT: shift = '0', CLOCK_SPEED: speed = '1' } = process.env
const config = readConfig(process.env)
const app = await startApp({
  config,
  log: createLog(config.logLevel),
  clock: clockOf({ shift: Number(shift), speed: Number(speed) }),
})
process.stdout.write(`${JSON.stringify({ ready: true, url: app.url })}\n`)
