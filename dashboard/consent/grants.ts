import { OPTIONAL_CATEGORIES, type OptionalCategory } from '../../schema/consent.ts'
import type { ChoiceQuery, FilterOn, ChoiceDimension, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { ANSWERS } from './choices.ts'

/** How often each category was allowed, of how many choices. */
export interface Grants {
  readonly choices: number
  /** Categories that the site asked for, in their order. */
  readonly allowed: readonly (readonly [category: OptionalCategory, count: number])[]
}

/** Choices that are an answer to the notice. */
export const ANSWERED: FilterOn<ChoiceDimension> = { dimension: 'consentState', is: [...ANSWERS] }

/** Choices apart by what they granted; `isSignalled`: those made under Global Privacy Control alone. */
export function grantsQuestion(about: ChoiceQuery, isSignalled: boolean): ChoiceQuery {
  const signal: FilterOn<ChoiceDimension>[] = isSignalled ? [{ dimension: 'gpc', is: ['on'] }] : []
  return { ...about, metrics: ['choices'], breakdown: 'consentGranted', filters: [ANSWERED, ...signal] }
}

/** Choices apart by whether the browser sent Global Privacy Control. */
export function signalQuestion(about: ChoiceQuery): ChoiceQuery {
  return { ...about, metrics: ['choices'], breakdown: 'gpc', filters: [ANSWERED] }
}

export function grantsOf({ rows, totals }: QueryAnswer): Grants {
  const counted = OPTIONAL_CATEGORIES.map((category) => [category, sumOf(rows, category)] as const)
  // Nobody can allow what a site does not ask for; where nobody allowed anything, nothing is known of it.
  const asked = counted.filter(([, count]) => count > 0)
  return { choices: totals.choices ?? 0, allowed: asked.length > 0 ? asked : counted }
}

function sumOf(rows: readonly QueryRow[], category: OptionalCategory): number {
  return rows.reduce(
    (sum, row) =>
      sum + (String(row['consentGranted']).split('+').includes(category) ? (row.choices ?? 0) : 0),
    0,
  )
}

/** The share of choices made under Global Privacy Control; null where there were none. */
export function signalShare({ rows, totals }: QueryAnswer): number | null {
  const all = totals.choices ?? 0
  const signalled = rows.find((row) => row['gpc'] === 'on')?.choices ?? 0
  return all === 0 ? null : signalled / all
}
