import type { Filter, Question } from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import { isBursts, isChoiceQuery, isRetention, parseQuestion } from './parse.ts'

/**
 * A question with conditions that are not the asker's to leave out. They count like its own, for the minimum group too.
 * Throws UserError 403 for a question that has no room for them: answered without, it would tell of what is left out.
 */
export function narrowed(query: Question, conditions: readonly Filter[]): Question {
  if (conditions.length === 0) return query
  if (isChoiceQuery(query) || isRetention(query) || isBursts(query)) {
    throw new UserError(
      'This link shows a part of the site, and choices, returning visitors and bursts are known of the whole only.',
      403,
    )
  }
  const filters = 'filters' in query ? (query.filters ?? []) : []
  return parseQuestion({ ...query, filters: [...conditions, ...filters] })
}
