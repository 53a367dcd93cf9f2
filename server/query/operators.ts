import type { FilterOn } from '../../schema/query.ts'

/** The operators of filters: what a question says, the condition as SQL, and what is bound to it. */

export const OPERATORS = ['is', 'isNot', 'contains', 'matches'] as const
export type Operator = (typeof OPERATORS)[number]

export function operatorOf(filter: FilterOn<unknown>): { operator: Operator; values: readonly string[] } {
  if ('is' in filter) return { operator: 'is', values: filter.is }
  if ('isNot' in filter) return { operator: 'isNot', values: filter.isNot }
  if ('contains' in filter) return { operator: 'contains', values: filter.contains }
  return { operator: 'matches', values: filter.matches }
}

/** Upper case and lower case are different everywhere. The parameter is named by the position of the filter. */
export const OPERATOR_CATALOG: Readonly<
  Record<
    Operator,
    { predicate(expression: string, parameter: string): string; bind(values: readonly string[]): unknown }
  >
> = {
  is: {
    predicate: (expression, parameter) => `${expression} IN {${parameter}:Array(String)}`,
    bind: (values) => values,
  },
  isNot: {
    predicate: (expression, parameter) => `${expression} NOT IN {${parameter}:Array(String)}`,
    bind: (values) => values,
  },
  contains: {
    predicate: (expression, parameter) => `multiSearchAny(${expression}, {${parameter}:Array(String)})`,
    bind: (values) => values,
  },
  matches: {
    predicate: (expression, parameter) => `match(${expression}, {${parameter}:String})`,
    bind: globsToPattern,
  },
}

/** Globs as one RE2 pattern over the whole value: `**` any characters, `*` any but a slash, all else itself. */
export function globsToPattern(globs: readonly string[]): string {
  const alternatives = globs.map((glob) =>
    glob
      .split(/(\*\*|\*)/)
      .map((piece) => {
        if (piece === '**') return '.*'
        if (piece === '*') return '[^/]*'
        return piece.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)
      })
      .join(''),
  )
  return `(?s)^(?:${alternatives.join('|')})$`
}
