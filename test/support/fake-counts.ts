/** Choices and drops for the dashboard's tests: the same ones for every period, and none where nobody was. */
import type { ChoiceQuery, DropQuery, Question, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { answerFrom } from './fake-query.ts'
import type { FakeVisit } from './fake-visits.ts'

export const CHOICES: QueryRow[] = [
  { consentState: 'shown', choices: 900 },
  { consentState: 'accepted', choices: 420 },
  { consentState: 'rejected', choices: 150 },
  { consentState: 'custom', choices: 30 },
  { consentState: 'withdrawn', choices: 5 },
]

const GRANTED: QueryRow[] = [
  { consentGranted: 'performance+functionality+targeting', choices: 420 },
  { consentGranted: 'none', choices: 150 },
  { consentGranted: 'performance', choices: 30 },
]
const SIGNALS: QueryRow[] = [
  { gpc: 'off', choices: 540 },
  { gpc: 'on', choices: 60 },
]

export const DROPS: QueryRow[] = [
  { dropReason: 'bot', drops: 1_234 },
  { dropReason: 'gpc', drops: 40 },
  { dropReason: 'no_consent', drops: 7 },
  { dropReason: 'duplicate', drops: 3 },
]

const ROWS: Readonly<Record<string, QueryRow[]>> = {
  consentState: CHOICES,
  consentGranted: GRANTED,
  gpc: SIGNALS,
  dropReason: DROPS,
}

type CountQuestion = ChoiceQuery | DropQuery

export function isAboutCounts(question: Question): question is CountQuestion {
  return 'breakdown' in question && Object.hasOwn(ROWS, question.breakdown ?? '')
}

export function answerAboutCounts(
  visits: readonly FakeVisit[],
  { site, period, breakdown, interval }: CountQuestion,
): QueryAnswer {
  const { meta } = answerFrom(visits, { site, ...(period && { period }) }, false)
  const all = ROWS[breakdown ?? ''] ?? []
  const rows = visits.length > 0 ? all : []
  const sum = (of: 'choices' | 'drops') =>
    rows.reduce((total, row) => total + (row['consentState'] === 'shown' ? 0 : (row[of] ?? 0)), 0)
  return {
    // All of it on the last day.
    rows: interval === undefined ? rows : rows.map((row) => Object.assign({ time: meta.to }, row)),
    totals: breakdown === 'dropReason' ? { drops: sum('drops') } : { choices: sum('choices') },
    meta: { ...meta, source: 'counts', rowCount: rows.length },
  }
}
