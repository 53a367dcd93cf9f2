/** Steps of funnels and flows, as the address says them and as the API takes them. */
import { STEP_KINDS, type Step, type StepKind } from '../../schema/query.ts'
import type { Goal } from '../../schema/site.ts'

/** A goal is the event or the page that it stands for. */
export const WRITTEN_KINDS = ['page', 'event', 'goal', 'element', 'outbound', 'download', 'form'] as const
export type WrittenKind = (typeof WRITTEN_KINDS)[number]

export interface WrittenStep {
  kind: WrittenKind
  /** Empty: not chosen yet. */
  value: string
}

/** `page:/pricing`, `event:Signup`; a text of no known kind is a page. */
export function readStep(written: string): WrittenStep {
  const [, name = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(written) ?? []
  const kind = WRITTEN_KINDS.find((known) => known === name)
  return kind ? { kind, value: rest } : { kind: 'page', value: written }
}

export function writeStep({ kind, value }: WrittenStep): string {
  return `${kind}:${value}`
}

function isStepKind(kind: WrittenKind): kind is StepKind {
  return STEP_KINDS.some((known) => known === kind)
}

/** The step as a question takes it; undefined where nothing is chosen, or a goal that the site does not have. */
export function toStep({ kind, value }: WrittenStep, goals: readonly Goal[]): Step | undefined {
  if (value === '') return undefined
  if (isStepKind(kind)) return { [kind]: value } as Exclude<Step, string>
  const goal = goals.find(({ name }) => name === value)
  if (!goal) return undefined
  return 'event' in goal ? { event: goal.event } : { page: goal.page }
}
