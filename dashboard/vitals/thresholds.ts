import type { Judged } from '../views/verdict.tsx'

/** Web vitals, and the bounds by which they are judged: those of web.dev/articles/vitals, by the 75th percentile. */
export interface Bounds {
  /** Up to here it is good, beyond `poor` it is poor. Seconds; of CLS the shift. */
  good: number
  poor: number
  kind: 'speed' | 'ratio'
}

export const BOUNDS = {
  LCP: { good: 2.5, poor: 4, kind: 'speed' },
  INP: { good: 0.2, poor: 0.5, kind: 'speed' },
  CLS: { good: 0.1, poor: 0.25, kind: 'ratio' },
  FCP: { good: 1.8, poor: 3, kind: 'speed' },
  TTFB: { good: 0.8, poor: 1.8, kind: 'speed' },
} as const satisfies Record<string, Bounds>
export type VitalName = keyof typeof BOUNDS
export const VITALS = Object.keys(BOUNDS) as VitalName[]

export function verdictOf(vital: VitalName, value: number): Judged {
  const { good, poor } = BOUNDS[vital]
  if (value <= good) return 'good'
  return value <= poor ? 'middling' : 'poor'
}
