import type { ConsentState, QueryAnswer, QueryRow } from '../../schema/query.ts'

/** How often what was chosen. */
export type Choices = Readonly<Record<ConsentState, number>>

const NONE: Choices = { shown: 0, accepted: 0, rejected: 0, custom: 0, withdrawn: 0, objected: 0 }

/** States that are an answer to the notice. */
export const ANSWERS = ['accepted', 'custom', 'rejected'] as const
export type AnswerState = (typeof ANSWERS)[number]

export function choicesOf(rows: readonly QueryRow[]): Choices {
  const counts: Record<string, number> = { ...NONE }
  for (const row of rows) {
    const state = String(row['consentState'])
    counts[state] = (counts[state] ?? 0) + (row.choices ?? 0)
  }
  return counts as unknown as Choices
}

export function answersIn(choices: Pick<Choices, AnswerState>): number {
  return choices.accepted + choices.custom + choices.rejected
}

/** A part of a whole; null where there is no whole. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

export const LINES = ['accepted', 'custom', 'rejected', 'shown', 'withdrawn'] as const
export type LineName = (typeof LINES)[number]

export function isShare(line: LineName): line is AnswerState {
  return ANSWERS.some((answer) => answer === line)
}

/** The column that a line is drawn of. */
export const LINE = 'line'

/** A series of states as one line: what share of a bucket's answers a state is, or how often it came. */
export function lineOf(answer: QueryAnswer, line: LineName): QueryRow[] {
  const byTime = new Map<string, QueryRow[]>()
  for (const row of answer.rows) {
    const time = String(row['time'])
    const known = byTime.get(time)
    if (known) known.push(row)
    else byTime.set(time, [row])
  }
  return [...byTime].map(([time, rows]) => {
    const choices = choicesOf(rows)
    return { time, [LINE]: isShare(line) ? shareOf(choices[line], answersIn(choices)) : choices[line] }
  })
}

/** The answers of each value of a dimension, those with most of them first. */
export function byValue(
  dimension: 'country' | 'language',
  answers: Readonly<Record<AnswerState, QueryAnswer>>,
): { value: string; choices: Record<AnswerState, number> }[] {
  const found = new Map<string, Record<AnswerState, number>>()
  for (const state of ANSWERS) {
    for (const row of answers[state].rows) {
      const value = String(row[dimension] ?? '')
      const known = found.get(value) ?? { accepted: 0, custom: 0, rejected: 0 }
      known[state] += row.choices ?? 0
      found.set(value, known)
    }
  }
  return [...found]
    .map(([value, choices]) => ({ value, choices }))
    .toSorted((a, b) => answersIn(b.choices) - answersIn(a.choices) || (a.value < b.value ? -1 : 1))
}
