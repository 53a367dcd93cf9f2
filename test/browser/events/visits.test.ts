import { describe, expect, it } from 'vitest'
import { calendarOf } from '../../../server/sites/site-day.ts'
import { readStorage, type Visitor } from '../../support/browser.ts'
import { useConsentStage } from '../consent/consent-stage.ts'
import { GRANTED, leave, measured, more, told, type Measured } from './events-stage.ts'

const stage = useConsentStage()

/** A Wednesday, whose week begins in July. */
const WEDNESDAY = '2026-08-05T12:00:00Z'
const MONTH_AND_MORE = ['week', 'month', 'year'] as const

/** Opens a page at that time as a browser that keeps this of earlier visits. */
const openAt = (time: string, kept?: unknown, timezone = 'UTC'): Promise<Measured> =>
  measured(stage, '', 'data-events=""', {
    record: {
      ...GRANTED,
      calendar: calendarOf(timezone, Date.parse(time)),
      hour: Math.floor(Date.parse(time) / 3_600_000),
    },
    prepare: async ({ context, page }) => {
      await page.clock.setFixedTime(time)
      if (kept === undefined) return
      await context.addInitScript((text) => {
        if (localStorage.getItem('sluice_visit') === null) localStorage.setItem('sluice_visit', text)
      }, JSON.stringify(kept))
    },
  })
const keptNow = ({ page }: Visitor): Promise<unknown> =>
  page.evaluate(() => JSON.parse(localStorage.getItem('sluice_visit') ?? 'null') as unknown)

/** The same browser again, with this in place of what it kept; what was told before is forgotten. */
async function comeBack({ collector, visitor }: Measured, kept: unknown): Promise<void> {
  await visitor.page.goto(`${stage.site}/plain`)
  await visitor.page.evaluate(
    (text) => localStorage.setItem('sluice_visit', text),
    typeof kept === 'string' ? kept : JSON.stringify(kept),
  )
  collector.forget()
  await visitor.page.goto(`${stage.site}/page`)
  await visitor.settle()
}

const minute = (time: string): number => Math.floor(Date.parse(time) / 60_000)

describe('R6.2 what a browser tells of its own visits', () => {
  it('is at first that it was never here, and it remembers a week, a day and a minute', async () => {
    const { collector, visitor } = await openAt(WEDNESDAY)
    expect(told(collector, 'visit')).toEqual([
      { url: `${stage.site}/page`, first: ['day', ...MONTH_AND_MORE], cohort: '2026-08-03' },
    ])
    expect(await keptNow(visitor)).toEqual({
      first: '2026-08-03',
      last: '2026-08-05',
      seen: minute(WEDNESDAY),
    })
    expect((await readStorage(visitor)).localStorage).toContain('sluice_visit')
  })

  it('tells of which units it is the first, by the visit before', async () => {
    const opened = await openAt(WEDNESDAY)
    for (const [when, last, first, recency] of [
      ['the same day', '2026-08-05', [], undefined],
      ['the day before', '2026-08-04', ['day'], '1'],
      ['two days ago, the same week', '2026-08-03', ['day'], '2-7'],
      ['last week, the same month', '2026-08-02', ['day', 'week'], '2-7'],
      ['seven days ago, last month', '2026-07-29', ['day', 'week', 'month'], '2-7'],
      ['eight days ago', '2026-07-28', ['day', 'week', 'month'], '8-30'],
      ['31 days ago', '2026-07-05', ['day', 'week', 'month'], '31-90'],
      ['91 days ago', '2026-05-06', ['day', 'week', 'month'], '91+'],
      ['last year', '2025-12-31', ['day', 'week', 'month', 'year'], '91+'],
      ['tomorrow, by a clock that was wrong', '2026-08-06', [], undefined],
    ] as const) {
      await comeBack(opened, { first: '2025-12-29', last, seen: minute(WEDNESDAY) - 31 })
      expect(told(opened.collector, 'visit'), when).toEqual([
        { url: `${stage.site}/page`, first, cohort: '2025-12-29', ...(recency && { recency }) },
      ])
      expect(await keptNow(opened.visitor), when).toMatchObject({ first: '2025-12-29', last: '2026-08-05' })
    }
  })

  it.each([
    ['Pacific/Kiritimati', '2026-08-09T11:00:00Z', '2026-08-10', '2026-08-10'],
    ['UTC', '2026-08-09T11:00:00Z', '2026-08-03', '2026-08-09'],
    ['America/Los_Angeles', '2026-08-10T05:00:00Z', '2026-08-03', '2026-08-09'],
  ])('goes by the calendar of the site, in %s', async (timezone, time, cohort, last) => {
    const { collector, visitor } = await openAt(time, undefined, timezone)
    expect(told(collector, 'visit')[0]?.cohort).toBe(cohort)
    expect(await keptNow(visitor)).toMatchObject({ last })
  })

  it('is told once a visit, which ends after half an hour elsewhere', async () => {
    const { collector, visitor } = await openAt(WEDNESDAY)
    const goOn = async (time: string): Promise<number> => {
      await visitor.page.goto(`${stage.site}/plain`)
      await visitor.page.clock.setFixedTime(time)
      await visitor.page.goto(`${stage.site}/page`)
      await visitor.settle()
      return told(collector, 'visit').length
    }
    expect(await goOn('2026-08-05T12:29:00Z')).toBe(1)
    expect(await goOn('2026-08-05T12:58:00Z')).toBe(1)
    expect(await goOn('2026-08-05T13:28:00Z')).toBe(2)
    expect(told(collector, 'visit')[1]).toMatchObject({ first: [] })
    expect(await goOn('2026-08-06T00:10:00Z')).toBe(3)
    expect(told(collector, 'visit')[2]).toMatchObject({ first: ['day'], recency: '1' })
  })

  it('that goes on over midnight is one of the new day too, in its week', async () => {
    const { collector, visitor } = await openAt('2026-08-09T23:50:00Z')
    await visitor.page.clock.setFixedTime('2026-08-10T00:05:00Z')
    await visitor.page.reload()
    await visitor.settle()
    expect(told(collector, 'visit')[1]).toMatchObject({
      first: ['day', 'week'],
      cohort: '2026-08-03',
      recency: '1',
    })
  })

  it('of a first visit more than 13 months ago is forgotten', async () => {
    const { collector, visitor } = await openAt(WEDNESDAY, {
      first: '2025-06-30',
      last: '2026-08-04',
      seen: 0,
    })
    expect(told(collector, 'visit')).toEqual([
      { url: `${stage.site}/page`, first: ['day', ...MONTH_AND_MORE], cohort: '2026-08-03' },
    ])
    expect(await keptNow(visitor)).toMatchObject({ first: '2026-08-03' })
  })

  it('survives what somebody else wrote there', async () => {
    const opened = await openAt(WEDNESDAY)
    for (const text of ['{', '[]', '7', '{"first":7,"last":{}}']) {
      await comeBack(opened, text)
      expect(opened.visitor.complaints, text).toEqual([])
      expect(told(opened.collector, 'visit').length, text).toBeLessThanOrEqual(1)
    }
  })

  it('is nothing where storage is denied, and the page goes on', async () => {
    const { collector, visitor } = await measured(stage, '', '', {
      prepare: ({ context }) =>
        context.addInitScript(() => {
          for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, {
              get() {
                throw new DOMException('denied', 'SecurityError')
              },
            })
        }),
    })
    await visitor.page.evaluate(() => window.sluice?.track?.('still'))
    await expect.poll(() => told(collector, 'event')).toHaveLength(1)
    await leave(visitor, stage.site)
    expect(told(collector, 'visit')).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('R6.5 is swept with the withdrawal, and not kept by a page after it', async () => {
    const { visitor } = await measured(stage)
    expect(await keptNow(visitor)).not.toBeNull()
    // The lists that a choice leaves for a later withdrawal.
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    await visitor.page.evaluate(() =>
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true })),
    )
    expect(await keptNow(visitor)).toBeNull()
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.settle()
    expect((await readStorage(visitor)).localStorage).toEqual([])
  })

  it('R6.5 is neither kept nor told in the anonymous mode', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(more(collector)).toEqual([])
    expect((await readStorage(visitor)).localStorage).toEqual([])
  })
})
