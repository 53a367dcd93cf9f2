import { DIMENSIONS, type AnyDimension, type Filter, type PropertyDimension } from '../schema/query.ts'

export const OPERATORS = ['is', 'isNot', 'contains', 'matches'] as const
export type Operator = (typeof OPERATORS)[number]

/** The signs of the operators in an address; `=` and the order are those of `sluice query --filter country=DE`. */
const SIGNS = { is: '=', isNot: '!=', contains: '~', matches: '*=' } as const satisfies Record<
  Operator,
  string
>

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
  return `${filter.dimension}${SIGNS[operator]}${list.join(',')}`
}

/** The filter, or undefined for a dimension or an operator that does not exist. */
export function readFilter(written: string): Filter | undefined {
  const [, name, sign, list] = CONDITION.exec(written) ?? []
  const dimension = name?.startsWith('prop:')
    ? (name as PropertyDimension)
    : DIMENSIONS.find((known) => known === name)
  const operator = OPERATORS.find((known) => SIGNS[known] === sign)
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
 * The filters after a click on a value. `is` shows that value alone, `isNot` joins the values left out; a second
 * click takes the condition back. A new condition replaces those of the same dimension that it contradicts.
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
  const isOn = isFiltered(filters, dimension, operator, value)
  if (operator === 'is') return isOn ? others : [...others, makeFilter(dimension, 'is', [value])]
  const left = filters.flatMap((filter) =>
    filter.dimension === dimension && 'isNot' in filter ? filter.isNot : [],
  )
  const values = isOn ? left.filter((known) => known !== value) : [...left, value]
  return values.length === 0 ? others : [...others, makeFilter(dimension, 'isNot', values)]
}
