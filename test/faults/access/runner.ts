import { appendFileSync } from 'node:fs'
import { TestRunner, type RunnerTestCase } from 'vitest'
import { sweep } from './unchecked.ts'

/** What scripts/faults-access.mjs reads, a line each. */
export interface Told {
  /** Number of the check that was out. */
  readonly check: number
  readonly test: string
  readonly file: string
  /**
   * `noticed`: an assertion failed. `broke`: something else did, or an answer was a 500, so that it could not go on
   * without. `unsure`: what was told of this test before does not count, since it fails with all checks in place too.
   */
  readonly is: 'noticed' | 'broke' | 'unsure'
  readonly error: string
}

const { routes, untabled, report } = JSON.parse(process.env['ACCESS_SWEEP'] ?? '{}') as {
  /** The route that a check is part of, by the check's number. */
  routes: Record<number, string>
  /** Checks that are not tried with tests that ask for everything as everybody. */
  untabled: number[]
  report: string
}
const noticed = new Set<number>()

/**
 * Runs each test with all checks in place, and again without each check that it came by, until a test has noticed that
 * this check is out.
 */
export class SweepRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    sweep.reached.clear()
    const fault = await this.once(test, 0)
    if (fault !== undefined) throw fault
    const isTable = /accounts\/(access|routes)\.test\.ts$/.test(test.file.name)
    const reached = [...sweep.reached].filter(
      (check) => check > 0 && !noticed.has(check) && !(isTable && untabled.includes(check)),
    )
    // Whoever cannot be run twice would notice everything.
    if (reached.length === 0 || (await this.once(test, 0)) !== undefined) return
    const here: number[] = []
    for (const check of reached) {
      const error = await this.once(test, check)
      if (error === undefined) continue
      const is = isAnswer(error) ? 'noticed' : 'broke'
      tell(test, check, is, error)
      if (is === 'noticed') here.push(check)
    }
    if (here.length > 0 && (await this.once(test, 0)) !== undefined) {
      for (const check of here) tell(test, check, 'unsure', '')
      return
    }
    for (const check of here) noticed.add(check)
  }

  /** What went wrong, undefined for nothing. */
  private async once(test: RunnerTestCase, check: number): Promise<unknown> {
    // What onTestFinished is given, as the runner keeps it: a round's own are done after it, or its servers would stay
    // open. Those of beforeEach stay for the next round.
    const kept = test as { onFinished?: ((context: unknown) => unknown)[] }
    const { onFinished: before = [] } = kept
    kept.onFinished = []
    sweep.out = check
    delete process.env['FAULTS_ROUTE']
    if (check > 0) process.env['FAULTS_ROUTE'] = routes[check] ?? ''
    try {
      await TestRunner.getTestFn(test)()
      return undefined
    } catch (error) {
      return error
    } finally {
      sweep.out = 0
      const opened = kept.onFinished.toReversed()
      kept.onFinished = before
      for (const close of opened) {
        try {
          await close(test.context)
        } catch {
          // A round that failed may leave what cannot be closed.
        }
      }
    }
  }
}

function tell(test: RunnerTestCase, check: number, is: Told['is'], error: unknown): void {
  const told: Told = { check, is, test: test.fullTestName, file: test.file.name, error: String(error) }
  appendFileSync(report, `${JSON.stringify(told)}\n`)
}

/** Nothing that a test asked for, nor an answer of the product. */
const BROKEN = /^(Type|Reference|Syntax|Range|Sqlite)Error|timed out/

/** The product answered otherwise: not that it could not go on and answer. */
function isAnswer(error: unknown): boolean {
  const { actual } = error as { actual?: unknown }
  if (BROKEN.test(String(error))) return false
  if (!Array.isArray(actual)) return actual !== 500
  return (
    !actual.includes(500) && (actual.length === 0 || actual.some((line) => !/: 500, not /.test(String(line))))
  )
}

export default SweepRunner
