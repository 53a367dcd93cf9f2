import type { Bounds } from './thresholds.ts'

/** The scale reaches half as far again as where poor begins. */
const REACH = 1.5

export interface VitalScaleProps {
  bounds: Bounds
  p50: number
  p75: number
  p95: number
}

/** Where the values of a vital lie between good and poor. The cells of its row say the same in numbers. */
export function VitalScale({ bounds, p50, p75, p95 }: VitalScaleProps) {
  const end = bounds.poor * REACH
  const at = (value: number): string => `${(Math.min(1, value / end) * 100).toFixed(1)}%`
  const width = (from: number, to: number): string =>
    `${((Math.min(end, to) - Math.min(end, from)) * (100 / end)).toFixed(1)}%`
  return (
    <span class="vital-scale" aria-hidden="true">
      <span class="vital-zone vital-good" style={{ inlineSize: width(0, bounds.good) }} />
      <span class="vital-zone vital-middling" style={{ inlineSize: width(bounds.good, bounds.poor) }} />
      <span class="vital-zone vital-poor" style={{ inlineSize: width(bounds.poor, end) }} />
      <span class="vital-spread" style={{ insetInlineStart: at(p50), inlineSize: width(p50, p95) }} />
      <span class="vital-mark" style={{ insetInlineStart: at(p75) }} />
    </span>
  )
}
