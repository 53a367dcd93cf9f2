import {
  DIMENSIONS,
  FILTER_SIGNS,
  type AnyDimension,
  type Filter,
  type PropertyDimension,
} from '../schema/query.ts'

export const OPERATORS = ['is', 'isNot', 'contains', 'matches'] as const
export type Operator = (typeof OPERATORS)[number]

const CONDITION = /^([a-zA-Z]+|prop:[a-zA-Z][\w-]*)(!=|\*=|=|~)(.*)$/s

export function makeFilter(dimension: AnyDimension, operator: Operator, values: string[]): Filter {
  if (operator === 'is') return { dimension, is: values }
  if (operator === 'isNot') return { dimension, isNot: values }
  return operator === 'contains' ? { dimension, contains: values } : { dimension, matches: values }
}

export function conditionOf(filter: Filter): { operator: Operator; values: string[] } {
  if ('is' in filter) return { operator: 'is', values: filter.is }
  if ('isNot' in filter) return { operator: 'isNot', values: filter.isNot }
  if ('contains' in filter) return { operator: 'contains', values: filter.contains }
  return { operator: 'matches', values: filter.matches }
}

/** `page=/docs,/pricing`; a comma within a value is written `%2C`. */
export function writeFilter(filter: Filter): string {
  const { operator, values } = conditionOf(filter)
  const list = values.map((value) => value.replace(/[%,]/g, (sign) => (sign === '%' ? '%25' : '%2C')))
  return `${filter.dimension}${FILTER_SIGNS[operator]}${list.join(',')}`
}

/** The filter, or undefined for a dimension or an operator that does not exist. */
export function readFilter(written: string): Filter | undefined {
  const [, name, sign, list] = CONDITION.exec(written) ?? []
  const dimension = name?.startsWith('prop:')
    ? (name as PropertyDimension)
    : DIMENSIONS.find((known) => known === name)
  const operator = OPERATORS.find((known) => FILTER_SIGNS[known] === sign)
  if (!dimension || !operator || list === undefined) return undefined
  const values = list
    .split(',')
    .map((value) => value.replace(/%(25|2C)/gi, (code) => decodeURIComponent(code)))
  return makeFilter(dimension, operator, values)
}

export function isFiltered(
  filters: readonly Filter[],
  dimension: AnyDimension,
  operator: Operator,
  value: string,
): boolean {
  return filters.some((filter) => {
    const condition = conditionOf(filter)
    return (
      filter.dimension === dimension && condition.operator === operator && condition.values.includes(value)
    )
  })
}

/**
 * The filters after a click on a value: it joins those that are shown (`is`) or left out (`isNot`), any of which will do;
 * a second click takes it back. A new condition replaces those of the same dimension that it contradicts.
 */
export function toggleFilter(
  filters: readonly Filter[],
  dimension: AnyDimension,
  operator: 'is' | 'isNot',
  value: string,
): Filter[] {
  const others = filters.filter(
    (filter) => filter.dimension !== dimension || !('is' in filter || 'isNot' in filter),
  )
  const known = filters.flatMap((filter) => {
    const condition = conditionOf(filter)
    return filter.dimension === dimension && condition.operator === operator ? condition.values : []
  })
  const values = known.includes(value) ? known.filter((one) => one !== value) : [...known, value]
  return values.length === 0 ? others : [...others, makeFilter(dimension, operator, values)]
}

/** The filters without one value of one of them; without that one where it was its last. */
export function withoutValue(filters: readonly Filter[], index: number, value: string): Filter[] {
  return filters.flatMap((filter, other) => {
    if (other !== index) return filter
    const { operator, values } = conditionOf(filter)
    const left = values.filter((one) => one !== value)
    return left.length === 0 ? [] : makeFilter(filter.dimension, operator, left)
  })
}

/** The filters without what says which values a dimension has: its other ones can then be listed, and chosen as well. */
export function withoutChosen(filters: readonly Filter[], dimension: AnyDimension): Filter[] {
  return filters.filter((filter) => filter.dimension !== dimension || !('is' in filter))
}
