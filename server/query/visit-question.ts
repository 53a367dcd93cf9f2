import { z } from 'zod'
import {
  STEP_KINDS,
  type BurstQuery,
  type FlowQuery,
  type FunnelQuery,
  type RetentionQuery,
  type Step,
} from '../../schema/query.ts'
import { COMPARE, comparedText, VISIT_FIELDS, whole, type Equal } from './question.ts'

/** What a question about the steps of visits may hold, with a sentence for each fault. */

const named = comparedText.min(1, { error: 'a step names something, and this one is empty' })
const STEP = z.union([
  named,
  ...STEP_KINDS.map((kind) => z.strictObject({ [kind]: named })),
]) as z.ZodType<Step>

/** Steps of a funnel. */
const [LEAST, MOST] = [2, 10]

export const FUNNEL_QUERY = z.strictObject({
  ...VISIT_FIELDS,
  compare: COMPARE,
  funnel: z
    .array(STEP, { error: 'a funnel is a list of steps, such as ["/pricing","/signup"]' })
    .min(LEAST, { error: `a funnel has at least ${LEAST} steps` })
    .max(MOST, { error: `a funnel has at most ${MOST} steps` }),
}) satisfies z.ZodType<FunnelQuery>

/** Columns of a funnel's rows, besides `step` (from 1) and `name`. */
export const FUNNEL_METRICS = ['visitors', 'visits', 'rate', 'stepRate', 'dropOff'] as const

/** How far a flow goes. */
const FURTHEST = 3
const hops = whole('steps', 1, FURTHEST).exactOptional()

export const FLOW_QUERY = z.strictObject({
  ...VISIT_FIELDS,
  flow: z.union([z.strictObject({ from: STEP, steps: hops }), z.strictObject({ to: STEP, steps: hops })]),
  limit: whole('limit', 1, 100).exactOptional(),
}) satisfies z.ZodType<FlowQuery>

export const RETENTION_QUERY = z.strictObject({
  site: VISIT_FIELDS.site,
  period: VISIT_FIELDS.period,
  retention: z.literal('week', { error: 'retention is by week: write {"retention":"week"}' }),
}) satisfies z.ZodType<RetentionQuery>

/** Fewer are what a forgotten password makes. */
const FEWEST_OF_A_BURST = 10

export const BURST_QUERY = z.strictObject({
  site: VISIT_FIELDS.site,
  period: VISIT_FIELDS.period,
  bursts: whole('bursts', FEWEST_OF_A_BURST, 100_000),
}) satisfies z.ZodType<BurstQuery>

/** Columns of bursts' rows. */
export const BURST_NAMES = ['time', 'network'] as const
export const BURST_METRICS = ['probes', 'refused', 'limited', 'failed', 'requests'] as const

/** Columns of a flow's rows. */
export const FLOW_NAMES = ['step', 'from', 'to'] as const

/** Columns of retention's rows. */
export const RETENTION_NAMES = ['cohort', 'week'] as const
export const RETENTION_METRICS = ['visitors', 'rate'] as const

const isTheContract: [
  Equal<z.infer<typeof FUNNEL_QUERY>, FunnelQuery>,
  Equal<z.infer<typeof FLOW_QUERY>, FlowQuery>,
  Equal<z.infer<typeof RETENTION_QUERY>, RetentionQuery>,
  Equal<z.infer<typeof BURST_QUERY>, BurstQuery>,
] = [true, true, true, true]
void isTheContract
