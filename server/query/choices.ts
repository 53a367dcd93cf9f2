import {
  CONSENT_STATES,
  GRANT_DIMENSIONS,
  ORIGIN_DIMENSIONS,
  type ChoiceDimension,
  type ChoiceMetric,
  type ChoiceQuery,
  type QueryAnswer,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { answerCounts, type CountKind } from './counts.ts'

/** Choices of one day, apart by the dimensions that were asked for. */
export type ChoiceCount = { readonly day: string; readonly count: number } & Readonly<
  Partial<Record<ChoiceDimension, string>>
>

/** Where choices are counted: whole numbers without any visitor, see server/consent/counts.ts. */
export type ReadChoices = (question: {
  site: Site
  /** Days of the site, both included. */
  from: string
  to: string
  by: readonly ChoiceDimension[]
}) => Promise<readonly ChoiceCount[]>

/** Throws UserError where a question asks for what is counted apart: that would say much of a single choice. */
export function checkCountedTogether({ breakdown, filters = [] }: ChoiceQuery): void {
  const asked = new Set(filters.map(({ dimension }) => dimension))
  if (breakdown !== undefined) asked.add(breakdown)
  const grant = GRANT_DIMENSIONS.find((dimension) => asked.has(dimension))
  const origin = ORIGIN_DIMENSIONS.find((dimension) => asked.has(dimension))
  if (grant === undefined || origin === undefined) return
  throw new UserError(`Of choices: ${grant} is counted apart from ${origin}; ask for one of them at a time.`)
}

/**
 * Answers a question about choices. That the choice was offered (`shown`) is no choice: it is in the answer only where
 * the question tells states apart.
 */
export function answerChoices(
  read: ReadChoices,
  site: Site,
  query: ChoiceQuery,
  now: number,
): Promise<QueryAnswer> {
  return answerCounts(kindOf(read), site, { ...query, metrics: ['choices'] }, now)
}

function kindOf(read: ReadChoices): CountKind<ChoiceMetric, ChoiceDimension> {
  return {
    async read(site, { from, to }, { by }) {
      const counts = await read({
        site,
        from,
        to,
        by: [...new Set<ChoiceDimension>(['consentState', ...by])],
      })
      return counts.map((one) => Object.assign({}, one, { metric: 'choices' as const }))
    },
    isPart: (one, apart) => apart.has('consentState') || one.consentState !== 'shown',
    // In the order in which they happen.
    order: { consentState: CONSENT_STATES },
  }
}
