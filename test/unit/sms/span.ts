import type { ReportSpan } from '../../../sms/index.ts'
import { DAY, type Rig } from './outbox/rig.ts'

/** Two days of UTC, the scene's own and the next. */
export function spanOf({ clock }: Pick<Rig, 'clock'>, days = 2): ReportSpan {
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const startMs = Math.floor(clock.now() / DAY) * DAY
  const all = Array.from({ length: days }, (_, index) => dayOf(startMs + index * DAY))
  return {
    from: all[0] ?? '',
    to: all.at(-1) ?? '',
    timezone: 'UTC',
    startMs,
    endMs: startMs + days * DAY,
    days: all,
    dayOf,
  }
}
