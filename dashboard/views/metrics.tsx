import type { MetricValues } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { kindOf } from '../format.ts'
import { HEADLINE_METRICS } from '../state.ts'
import { fill } from '../text/text.ts'

export interface MetricsProps {
  totals: MetricValues | undefined
  /** Totals of the period compared with. */
  before: MetricValues | undefined
}

/** The headline numbers; each is a button that puts its line into the chart. */
export function Metrics({ totals, before }: MetricsProps) {
  const { text, format, view, go } = useSurroundings()
  return (
    <ul class="metrics">
      {HEADLINE_METRICS.map((metric) => {
        const change = before && format.change(metric, totals?.[metric], before[metric])
        const told = change && `${change.sign} ${change.word}`.trim()
        return (
          <li key={metric}>
            <button
              type="button"
              class="metric"
              aria-pressed={metric === view.metric}
              onClick={() => go({ metric })}
            >
              <span class="metric-name">{text.metrics[metric]}</span>{' '}
              <span class="metric-value">{totals ? format.value(kindOf(metric), totals[metric]) : ''}</span>{' '}
              <span class="metric-change">
                {told && (view.period === 'today' ? fill(text.change.soFar, { change: told }) : told)}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
