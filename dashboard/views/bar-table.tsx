import type { ComponentChildren } from 'preact'

export interface BarRow {
  key: string
  /** A text, or a link by it. */
  label: ComponentChildren
  /** How long the bar behind it is, beside the others. Absent: no bar. */
  amount?: number | undefined
  cells: readonly ComponentChildren[]
}

export interface BarTableProps {
  /** Head of the first column, then those of the cells. */
  heads: readonly [string, ...string[]]
  rows: readonly BarRow[]
  /** Whether the last column holds words and not a number. */
  hasWords?: boolean
}

/** A table whose rows carry a bar behind the text. */
export function BarTable({ heads: [first, ...others], rows, hasWords = false }: BarTableProps) {
  const largest = Math.max(1e-9, ...rows.map(({ amount = 0 }) => amount))
  const shape = hasWords ? 'breakdown-words' : others.length > 2 ? 'breakdown-many' : ''
  return (
    <table class={`breakdown ${shape}`}>
      <thead>
        <tr>
          <th scope="col">{first}</th>
          {others.map((head) => (
            <th key={head} scope="col" class="number">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, label, amount, cells }) => (
          <tr key={key}>
            <th scope="row">
              {amount !== undefined && (
                <span class="row-bar" style={{ inlineSize: `${((amount / largest) * 100).toFixed(2)}%` }} />
              )}
              {typeof label === 'string' ? <span class="row-name row-plain">{label}</span> : label}
            </th>
            {cells.map((cell, index) => (
              <td key={index} class={index === 0 ? 'number' : 'number quiet'}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
