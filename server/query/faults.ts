import type { z } from 'zod'
import { STEP_KINDS } from '../../schema/query.ts'
import { isCalendarDay } from './calendar.ts'
import { OPERATORS } from './operators.ts'
import { ALL_DIMENSIONS } from './question.ts'
import { quote } from './quote.ts'

/** What is said of a question that cannot be read. */

type Issue = z.core.$ZodIssue

/** What there is in a kind of question. */
export interface Known {
  readonly periods: readonly string[]
  readonly fields: readonly string[]
  /** Begins the sentence. */
  readonly of: string
}

/** One sentence: the fault by name, and what there is. */
export function describeFault(issue: Issue | undefined, input: unknown, known: Known): string {
  return sentence(`${known.of}${describeIssue(issue, input, known)}`)
}

function describeIssue(issue: Issue | undefined, input: unknown, { periods, fields }: Known): string {
  if (!issue) return 'the question cannot be read'
  const [field, position] = issue.path
  if (field === 'period') return describePeriod(valueAt(input, ['period']), periods)
  if (field === 'filters' && typeof position === 'number') {
    return describeFilter(issue, valueAt(input, ['filters', position]), position)
  }
  if (field === 'funnel' && typeof position === 'number') {
    return `step ${position + 1}: ${describeStep(issue, valueAt(input, ['funnel', position]))}`
  }
  if (field === 'flow') return describeFlow(issue, valueAt(input, ['flow']))
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(quote).join(', ')}; fields are ${fields.join(', ')}`
  }
  return issue.message
}

function describePeriod(given: unknown, periods: readonly string[]): string {
  const known = `periods are ${periods.join(', ')} and {"from":"2026-11-01","to":"2026-11-30"}`
  if (typeof given !== 'object' || given === null) return `unknown period ${quote(given)}; ${known}`
  const unknown = Object.keys(given).filter((key) => key !== 'from' && key !== 'to')
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')} in period; ${known}`
  for (const end of ['from', 'to']) {
    const value = valueAt(given, [end])
    if (value === undefined) return `period needs ${end}; ${known}`
    if (typeof value !== 'string' || !isCalendarDay(value)) {
      return `${quote(value)} is no day for ${end} of the period; write 2026-11-01`
    }
  }
  return `unknown period; ${known}`
}

/** zod reports a union by all its branches; the branch that the filter was meant for is told by its operator. */
function describeFilter(issue: Issue, given: unknown, position: number): string {
  const name = `filter ${position + 1}`
  const known = `a filter is {"dimension":…} with one of ${OPERATORS.join(', ')}`
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `${name} is no object; ${known}`
  const keys = Object.keys(given).filter((key) => key !== 'dimension')
  const unknown = keys.filter((key) => !OPERATORS.some((operator) => operator === key))
  if (unknown.length > 0) return `unknown filter ${unknown.map(quote).join(', ')} in ${name}; ${known}`
  if (keys.length !== 1) return `${name} has ${keys.length} conditions; ${known}`
  if (valueAt(given, ['dimension']) === undefined)
    return `${name} names no dimension; dimensions are ${ALL_DIMENSIONS.join(', ')}`
  const branch = OPERATORS.findIndex((operator) => operator === keys[0])
  const inner = issue.code === 'invalid_union' ? issue.errors[branch]?.[0] : issue
  return `${name}: ${inner?.message ?? known}`
}

function describeFlow(issue: Issue, given: unknown): string {
  const known = 'a flow is {"from":<step>} or {"to":<step>}, with "steps" up to 3'
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `${quote(given)} is no flow; ${known}`
  const keys = Object.keys(given)
  const unknown = keys.filter((key) => !['from', 'to', 'steps'].includes(key))
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')} in flow; ${known}`
  const ends = keys.filter((key) => key !== 'steps')
  if (ends.length !== 1) return `it has ${ends.length} ends; ${known}`
  const [end = 'from'] = ends
  const inner = issue.code === 'invalid_union' ? issue.errors[end === 'from' ? 0 : 1]?.[0] : issue
  if (inner?.path.at(-1) === 'steps') return inner.message
  return inner ? `${end}: ${describeStep(inner, valueAt(given, [end]))}` : known
}

/** zod reports a union by all its branches: the first is that of texts, then comes one for each kind. */
function describeStep(issue: Issue, given: unknown): string {
  const known = `a step is the path of a page, such as "/pricing", or an object with one of ${STEP_KINDS.join(', ')}`
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  if (!isObject && typeof given !== 'string') return `${quote(given)} is no step; ${known}`
  const keys = isObject ? Object.keys(given) : []
  const unknown = keys.filter((key) => !STEP_KINDS.some((kind) => kind === key))
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')}; ${known}`
  if (isObject && keys.length !== 1) return `it has ${keys.length} conditions; ${known}`
  const branch = isObject ? STEP_KINDS.findIndex((kind) => kind === keys[0]) + 1 : 0
  const inner = issue.code === 'invalid_union' ? issue.errors[branch]?.[0] : issue
  return inner?.message ?? known
}

export function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
