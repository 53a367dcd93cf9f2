import { DEMO_SITE, seedDemo } from '../demo/seed.ts'
import type { CliContext } from './context.ts'
import { serve } from './start.ts'

/** `sluice demo`: `start` with a demo site that has a past. */
export function demo(context: CliContext): Promise<number> {
  return serve(context, { demo: { site: DEMO_SITE, prepare: seedDemo } })
}
