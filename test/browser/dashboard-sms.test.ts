import { beforeAll, describe, expect, it } from 'vitest'
import { SMS_OUTCOMES, SMS_STANDINGS, type SmsOutcomes, type SmsReport } from '../../schema/sms-report.ts'
import { COMMANDS } from '../../server/cli/commands.ts'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { panel, settled, startDashboards, type Dashboards } from '../support/dashboard.ts'
import type { FakeApi } from '../support/fake-api.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

const HOSTILE = '<img src=x onerror="window.wasRun=true">'
const outcomes = Object.fromEntries(SMS_OUTCOMES.map((one) => [one, 0])) as SmsOutcomes
const standings = Object.fromEntries(
  SMS_STANDINGS.map((one) => [one, 0]),
) as SmsReport['programs'][number]['standings']

const EMPTY: SmsReport = {
  from: '2026-11-18',
  to: '2026-11-24',
  timezone: 'Europe/Berlin',
  programs: [],
  days: [],
  blocked: [],
  failed: [],
  senders: [],
  queue: { waiting: 0, nextDue: null, unclear: 0, dead: 0, toApprove: 0, unclearAnswers: 0, untold: 0 },
}

const REPORT: SmsReport = {
  ...EMPTY,
  programs: [
    {
      id: 'p1',
      name: 'Lantern Deals',
      kind: 'marketing',
      sender: 's1',
      ended: null,
      isConfirmed: true,
      standings: { ...standings, active: 1_210, pending: 14, 'opted-out': 37, lapsed: 61 },
      outcomes: { ...outcomes, delivered: 900, accepted: 60, failed: 40, blocked: 12 },
      optOuts: 25,
      frequency: { most: 4, days: 30 },
      budget: { most: 20_000_000, spent: 5_000_000, days: 30 },
    },
    {
      id: 'p2',
      name: HOSTILE,
      kind: 'service',
      sender: 's1',
      ended: '2026-11-20T08:00:00.000Z',
      isConfirmed: false,
      standings: { ...standings, active: 300 },
      outcomes,
      optOuts: 0,
      frequency: { most: 2, days: 7 },
      budget: null,
    },
  ],
  days: [18, 19, 20, 21, 22, 23, 24].map((day) => ({
    ...outcomes,
    time: `2026-11-${day}`,
    optOuts: day - 18,
    delivered: day * 5,
    blocked: 2,
  })),
  blocked: [
    { reason: 'opted-out', count: 9 },
    { reason: HOSTILE, count: 3 },
  ],
  failed: [
    { reason: 'SMS-CAR-430', count: 31, means: 'content' },
    { reason: HOSTILE, count: 9, means: 'other' },
  ],
  senders: [
    {
      id: 's1',
      class: 'high-volume-long-code',
      state: 'restricted',
      stateReason: 'opt-out-rate',
      stateSince: '2026-11-24T06:30:00.000Z',
      campaign: HOSTILE,
      cap: { most: 60, used: 41 },
      fees: 500_000_000,
      sent: 500,
      delivered: 460,
      failed: 20,
      optOuts: 26,
    },
  ],
  queue: {
    waiting: 7,
    nextDue: '2026-11-24T15:00:00.000Z',
    unclear: 1,
    dead: 2,
    toApprove: 3,
    unclearAnswers: 4,
    untold: 5,
  },
}

const OPERATOR = ['sites.read', 'sms.read', 'sms.write', 'sms.send']

function told(report: SmsReport, may?: string[]): (api: FakeApi) => void {
  return (api) => {
    api.told['GET sms/report'] = report
    api.may = may ?? [...api.may, 'sms.read']
  }
}

describe('the view of text messages', () => {
  it('S15 S16 shows consents, outcomes, opt-outs, budget, senders and what waits, in both themes and on a phone', async () => {
    const { page, faults, foreign } = await dashboards.open('?show=sms&period=7d', {
      prepare: told(REPORT),
      browser: { reducedMotion: 'reduce' },
    })
    const people = panel(page, 'Who is in').getByRole('row').nth(1)
    expect(await people.getByRole('cell').allTextContents()).toEqual(['1,210', '14', '37', '61'])
    const messages = panel(page, 'What went out').getByRole('row').nth(1)
    expect(await messages.getByRole('cell').allTextContents()).toEqual(['1,000', '900', '40', '2.5%', '25%'])
    // The program that has ended counts for nobody who is in.
    expect(await page.getByText('Running programs: 1').count()).toBe(1)
    expect(await panel(page, 'Why messages failed').textContent()).toContain('The text was taken for spam')
    expect(await panel(page, 'Senders').textContent()).toContain('41 of 60 a minute now')
    expect(await panel(page, 'Senders').textContent()).toContain('Fees of carriers in these days: US$500.00.')
    expect(await panel(page, 'What waits').getByRole('cell').allTextContents()).toEqual([
      '7',
      '3',
      '4',
      '1',
      '2',
      '5',
    ])
    expect(await panel(page, 'Senders').textContent()).toContain('more than 5 of 100 messages')
    // Each that a person has to do something about says what, word for word.
    expect(await panel(page, 'What waits').locator('code').allTextContents()).toEqual([
      'sluice sms held list --site example.com',
      'sluice sms answer list --site example.com',
      'sluice sms dead-letter list --site example.com',
      'sluice sms connect',
    ])
    expect(await panel(page, 'Senders').locator('code').allTextContents()).toEqual([
      'sluice sms sender set s1 active --reason "…"',
    ])
    expect(await page.evaluate(() => (window as unknown as { wasRun?: unknown }).wasRun)).toBeUndefined()
    expect(await page.locator('main').locator('iframe, img, [onerror]').count()).toBe(0)

    await page.getByLabel('Line', { exact: true }).selectOption('Opt-outs')
    await settled(page)
    expect(new URL(page.url()).search).toBe('?show=sms&period=7d&line=optOuts')
    const line = panel(page, 'Opt-outs, over time')
    await line.getByRole('slider').press('End')
    expect(await line.getByRole('slider').getAttribute('aria-valuetext')).toContain('6 Opt-outs')
    await line.getByRole('slider').press('t')
    const last = line.getByRole('row').last()
    expect(await last.getByRole('cell').allTextContents()).toEqual(['120', '120', '2', '0', '6'])
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })

  it('S20 R4.4 is what an SMS operator sees first, without a question about visits; nobody else sees that it is there', async () => {
    const { page, api } = await dashboards.open('', { prepare: told(REPORT, OPERATOR) })
    await page.getByRole('heading', { level: 1, name: 'Text messages' }).waitFor()
    const views = page.getByRole('navigation', { name: 'Views' })
    expect(await views.getByRole('link').allTextContents()).toEqual(['Text messages'])
    expect(api.queries).toEqual([])
    api.may = ['sites.read', 'query']
    await page.goto(`${api.url}?show=sms`)
    await settled(page)
    await page.getByRole('slider').waitFor()
    expect(await views.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBe('page')
    expect(await views.getByRole('link', { name: 'Text messages' }).count()).toBe(0)
  })

  it('names commands only that exist, and none where nothing waits', async () => {
    const { page } = await dashboards.open('?show=sms', {
      prepare: told({
        ...REPORT,
        senders: REPORT.senders.map((sender) => ({ ...sender, state: 'active', stateReason: null })),
        queue: EMPTY.queue,
      }),
    })
    expect(await panel(page, 'What waits').locator('code').count()).toBe(0)
    expect(await panel(page, 'Senders').locator('code').count()).toBe(0)
    const { page: waiting } = await dashboards.open('?show=sms', { prepare: told(REPORT) })
    await panel(waiting, 'What waits').waitFor()
    const commands = await waiting.locator('main code').allTextContents()
    expect(commands).toHaveLength(5)
    for (const command of commands) {
      expect(COMMANDS.filter(({ name }) => command.startsWith(`sluice ${name}`))).not.toEqual([])
    }
  })

  it('says how to begin where there is no program, and what to do where the server fails', async () => {
    const { page, api, faults } = await dashboards.open('?show=sms', { prepare: told(EMPTY) })
    expect(await panel(page, 'Who is in').textContent()).toContain('sluice sms program add')
    delete api.told['GET sms/report']
    await page.getByRole('button', { name: 'Refresh' }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    api.told['GET sms/report'] = REPORT
    await alert.getByRole('button', { name: 'Try again' }).click()
    await panel(page, 'What waits').waitFor()
    expect(faults).toEqual([])
  })
})
