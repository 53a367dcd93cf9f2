import { describe, expect, it } from 'vitest'
import type { Period } from '../../../schema/query.ts'
import {
  breakdownQuestion,
  daysOf,
  intervalOf,
  intervalsFor,
  seriesQuestion,
} from '../../../dashboard/questions.ts'
import { DEFAULT_VIEW, PANELS, type View } from '../../../dashboard/state.ts'

const view = (change: Partial<View>): View => ({ ...DEFAULT_VIEW, ...change })

describe('the grain of the line', () => {
  it('suits the period', () => {
    const grains: [Period, string][] = [
      ['realtime', 'minute'],
      ['today', 'hour'],
      ['yesterday', 'hour'],
      ['7d', 'day'],
      ['30d', 'day'],
      ['90d', 'day'],
      ['12mo', 'month'],
      [{ from: '2026-11-24', to: '2026-11-24' }, 'hour'],
      [{ from: '2026-11-01', to: '2026-11-30' }, 'day'],
      [{ from: '2026-01-01', to: '2026-06-30' }, 'week'],
      [{ from: '2024-12-01', to: '2026-11-30' }, 'month'],
    ]
    expect(grains.map(([period]) => [period, intervalsFor(period)[0]])).toEqual(grains)
  })

  it('is the reader’s own where it fits, and only there', () => {
    expect(intervalOf(view({ period: '90d', interval: 'week' }))).toBe('week')
    expect(intervalOf(view({ period: 'today', interval: 'week' }))).toBe('hour')
  })
})

describe('the questions', () => {
  it('ask for all headline metrics at once, so that another line needs no further question', () => {
    const { metrics, interval, compare } = seriesQuestion(view({ metric: 'bounceRate' }), 'example.com')
    expect(metrics).toEqual([
      'visitors',
      'visits',
      'pageviews',
      'viewsPerVisit',
      'bounceRate',
      'visitDuration',
    ])
    expect([interval, compare]).toEqual(['day', 'previous'])
  })

  it('compare nothing in realtime and where the reader does not want it', () => {
    expect(seriesQuestion(view({ period: 'realtime' }), 'example.com')).not.toHaveProperty('compare')
    expect(seriesQuestion(view({ compare: 'none' }), 'example.com')).not.toHaveProperty('compare')
  })

  it('carry the filters and the period into every panel', () => {
    const filters = [{ dimension: 'country' as const, is: ['DE'] }]
    for (const dimension of Object.values(PANELS).flat()) {
      const question = breakdownQuestion(view({ filters, period: '7d' }), 'example.com', dimension, {
        limit: 8,
      })
      expect(question).toMatchObject({
        site: 'example.com',
        period: '7d',
        breakdown: dimension,
        filters,
        limit: 8,
      })
    }
  })
})

it('a range counts both its ends, over a change of the clock too', () => {
  expect(daysOf('2026-11-24', '2026-11-24')).toBe(1)
  expect(daysOf('2026-03-01', '2026-03-31')).toBe(31)
})
