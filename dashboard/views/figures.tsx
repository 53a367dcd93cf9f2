import type { ComponentChildren } from 'preact'
import type { Change } from '../format.ts'

export interface Figure {
  name: string
  value: ComponentChildren
  change?: Change | undefined
  /** A line under the number, where there is no change to tell. */
  note?: string | undefined
}

/** The numbers that a view begins with, each by name. */
export function Figures({ figures, isBusy = false }: { figures: readonly Figure[]; isBusy?: boolean }) {
  return (
    <dl class="card figures" aria-busy={isBusy}>
      {figures.map(({ name, value, change, note }) => (
        <div key={name} class="figure">
          <dt class="metric-name">{name}</dt>
          <dd class="metric-value">{value}</dd>
          <dd class="metric-change">{change ? `${change.sign} ${change.word}`.trim() : note}</dd>
        </div>
      ))}
    </dl>
  )
}
