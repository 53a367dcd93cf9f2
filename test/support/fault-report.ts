import { appendFileSync } from 'node:fs'

/** What a run with faults did to the product and what came of it. */
export interface FaultReport {
  /** What was done, how many times: `200 kills of the server`. */
  faults: string
  acknowledged: number
  unanswered: number
  stored: number
  /** From the start of the process to its line `ready`, milliseconds. */
  restarts: readonly number[]
}

/** Prints a run, and keeps it for docs/faults.md where `npm run faults` asked for it. */
export function report(run: FaultReport): void {
  const restarts =
    run.restarts.length === 0
      ? ''
      : `, restarts ${median(run.restarts)} ms in the median, ${Math.round(Math.max(...run.restarts))} ms at most`
  console.info(
    `${run.faults}: ${run.acknowledged} acknowledged, ${run.unanswered} unanswered, ${run.stored} stored${restarts}`,
  )
  const file = process.env['FAULT_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(run)}\n`)
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0)
}
