import type { AggregateFunctionNode, ColumnNode, OperationNode, SelectionNode } from 'kysely'

/** Reads the parts of Kysely's statements that the SMS module's consist of, and throws Error for all others. */

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** What a column becomes. */
export function resultOf(node: OperationNode, row: Row): Value {
  if (node.kind !== 'BinaryOperationNode') return valueOf(node)
  const { leftOperand, operator, rightOperand } = node as BinaryNode
  if (operator.operator !== '+') throw new Error(`arithmetic that is not known: ${operator.operator}`)
  return Number(row[columnOf(leftOperand)]) + Number(valueOf(rightOperand))
}

interface BinaryNode extends OperationNode {
  readonly leftOperand: OperationNode
  readonly operator: OperationNode & { readonly operator: string }
  readonly rightOperand: OperationNode
}

export function conditionOf(node: OperationNode): (row: Row) => boolean {
  switch (node.kind as string) {
    case 'ParensNode':
      return conditionOf((node as unknown as { node: OperationNode }).node)
    case 'AndNode':
    case 'OrNode': {
      const { left, right } = node as unknown as Record<'left' | 'right', OperationNode>
      const [one, other] = [conditionOf(left), conditionOf(right)]
      return node.kind === 'AndNode' ? (row) => one(row) && other(row) : (row) => one(row) || other(row)
    }
    case 'BinaryOperationNode': {
      const { leftOperand, operator, rightOperand } = node as BinaryNode
      return comparison(columnOf(leftOperand), operator.operator, rightOperand)
    }
    default:
      throw new Error(`a condition that is not known: ${node.kind}`)
  }
}

/** Nothing compares with NULL. */
function comparison(column: string, operator: string, right: OperationNode): (row: Row) => boolean {
  if (operator === 'in') {
    const among = new Set(listOf(right))
    return (row) => row[column] !== null && among.has(row[column] ?? null)
  }
  const value = valueOf(right)
  switch (operator) {
    case 'is':
      return (row) => row[column] === value
    case 'is not':
      return (row) => row[column] !== value
    case '=':
      return (row) => value !== null && row[column] === value
    case '!=':
      return (row) => value !== null && row[column] !== null && row[column] !== value
    case '<=':
      return (row) => row[column] !== null && compare(row[column], value) <= 0
    case '>':
      return (row) => row[column] !== null && compare(row[column], value) > 0
    case 'like':
    case 'not like': {
      if (typeof value !== 'string' || value.indexOf('%') !== value.length - 1) {
        throw new Error('a pattern that is not a beginning')
      }
      const [start, wanted] = [value.slice(0, -1), operator === 'like']
      return (row) => typeof row[column] === 'string' && row[column].startsWith(start) === wanted
    }
    default:
      throw new Error(`a comparison that is not known: ${operator}`)
  }
}

export function compare(one: Value | undefined, other: Value | undefined): number {
  if (one === other) return 0
  if (one === null || one === undefined) return -1
  if (other === null || other === undefined) return 1
  return one < other ? -1 : 1
}

/** Columns of rows, or what all of them come to together. */
export function pick(rows: readonly Row[], selections: readonly SelectionNode[]): Row[] {
  const wanted = selections.map(({ selection }) => {
    if (selection.kind !== 'AliasNode') return { name: columnOf(selection), sums: undefined }
    const { node, alias } = selection as unknown as {
      node: AggregateFunctionNode
      alias: { name: string }
    }
    if ((node.kind as string) !== 'AggregateFunctionNode') throw new Error('a column that is not known')
    return { name: alias.name, sums: node }
  })
  if (wanted.every(({ sums }) => sums === undefined)) {
    return rows.map((row) => Object.fromEntries(wanted.map(({ name }) => [name, row[name] ?? null])))
  }
  const total = wanted.map(({ name, sums }): [string, Value] => {
    if (sums?.func === 'count') return [name, rows.length]
    const [column] = sums?.aggregated ?? []
    if (sums?.func !== 'sum' || !column) throw new Error('a sum that is not known')
    const of = columnOf(column)
    return [name, rows.length === 0 ? null : rows.reduce((sum, row) => sum + Number(row[of]), 0)]
  })
  return [Object.fromEntries(total)]
}

export function columnOf(node: OperationNode): string {
  if (node.kind === 'ReferenceNode') return columnOf((node as unknown as { column: OperationNode }).column)
  if (node.kind !== 'ColumnNode') throw new Error(`not a column: ${node.kind}`)
  return (node as ColumnNode).column.name
}

export function valueOf(node: OperationNode): Value {
  if (node.kind !== 'ValueNode') throw new Error(`not a value: ${node.kind}`)
  return (node as unknown as { value: Value }).value
}

export function listOf(node: OperationNode): readonly Value[] {
  const { values } = node as unknown as { values: readonly (Value | OperationNode)[] }
  if (node.kind === 'PrimitiveValueListNode') return values as Value[]
  if (node.kind === 'ValueListNode') return (values as OperationNode[]).map(valueOf)
  throw new Error(`not a list: ${node.kind}`)
}

export function rawOf(node: OperationNode): string {
  if (node.kind !== 'RawNode') throw new Error(`not known: ${node.kind}`)
  return (node as unknown as { sqlFragments: readonly string[] }).sqlFragments.join('')
}
