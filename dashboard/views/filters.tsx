import { useRef } from 'preact/hooks'
import type { Filter } from '../../schema/query.ts'
import { conditionOf, writeFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { dimensionText, fill } from '../text/text.ts'

/** The conditions in force, each a button that takes it away. */
export function Filters() {
  const { text, format, view, go } = useSurroundings()
  const list = useRef<HTMLUListElement>(null)
  if (view.filters.length === 0) return null

  function remove(index: number) {
    go({ filters: view.filters.filter((_, other) => other !== index) })
    // The focused button goes; the next one takes the focus, or the numbers do.
    const buttons = list.current?.querySelectorAll('button') ?? []
    const next = buttons[index + 1] ?? buttons[index - 1] ?? document.getElementById('numbers')
    next?.focus()
  }

  function describe(filter: Filter): string {
    const { operator, values } = conditionOf(filter)
    const names = values.map((value) => format.name(filter.dimension, value)).join(text.filter.or)
    return fill(text.filter[operator], { dimension: dimensionText(text, filter.dimension), values: names })
  }

  return (
    <ul ref={list} class="filters" aria-label={text.filter.label}>
      {view.filters.map((filter, index) => (
        <li key={writeFilter(filter)}>
          <button type="button" class="chip" title={describe(filter)} onClick={() => remove(index)}>
            <span class="unseen">{text.filter.remove} </span>
            <bdi>{describe(filter)}</bdi>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
              <path d="M2 2l8 8M10 2l-8 8" />
            </svg>
          </button>
        </li>
      ))}
      {view.filters.length > 1 && (
        <li>
          <button
            type="button"
            class="button button-quiet"
            onClick={() => {
              go({ filters: [] })
              document.getElementById('numbers')?.focus()
            }}
          >
            {text.filter.removeAll}
          </button>
        </li>
      )}
    </ul>
  )
}
