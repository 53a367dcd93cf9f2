import { useRef } from 'preact/hooks'
import type { Filter } from '../../schema/query.ts'
import { conditionOf, makeFilter, withoutValue } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { dimensionText, fill } from '../text/text.ts'

/** Says a condition in words. */
export function useCondition(): (filter: Filter) => string {
  const { text, format } = useSurroundings()
  return (filter) => {
    const { operator, values } = conditionOf(filter)
    const names = values.map((value) => format.name(filter.dimension, value)).join(text.filter.or)
    return fill(text.filter[operator], { dimension: dimensionText(text, filter.dimension), values: names })
  }
}

/** The conditions in force: each value a button that takes it away. */
export function Filters() {
  const { text, format, view, go } = useSurroundings()
  const describe = useCondition()
  const list = useRef<HTMLUListElement>(null)
  if (view.filters.length === 0) return null

  const chips = view.filters.flatMap((filter, index) => {
    const { operator, values } = conditionOf(filter)
    return values.map((value, position) => ({
      index,
      value,
      isFirst: position === 0,
      dimension: dimensionText(text, filter.dimension),
      sentence: describe(makeFilter(filter.dimension, operator, [value])),
      name: format.name(filter.dimension, value),
    }))
  })

  function remove(at: number) {
    const chip = chips[at]
    if (!chip) return
    go({ filters: withoutValue(view.filters, chip.index, chip.value) })
    // The focused button goes; the next one takes the focus, or the numbers do.
    const buttons = list.current?.querySelectorAll('button') ?? []
    const next = buttons[at + 1] ?? buttons[at - 1] ?? document.getElementById('numbers')
    next?.focus()
  }

  return (
    <ul ref={list} class="filters" aria-label={text.filter.label}>
      {chips.map(({ isFirst, dimension, sentence, name }, at) => (
        <li key={sentence}>
          <button type="button" class="chip" title={sentence} onClick={() => remove(at)}>
            <span class="unseen">
              {text.filter.remove} {isFirst ? '' : `${dimension}: `}
            </span>
            <bdi>{isFirst ? sentence : fill(text.filter.orValue, { value: name })}</bdi>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
              <path d="M2 2l8 8M10 2l-8 8" />
            </svg>
          </button>
        </li>
      ))}
      {chips.length > 1 && (
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
