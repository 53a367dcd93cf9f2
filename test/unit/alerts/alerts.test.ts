import { describe, expect, it, onTestFinished } from 'vitest'
import { createAlerts, type Alert, type Alerts, type Channel } from '../../../server/alerts/alerts.ts'
import { listen, movedClock, type MovedClock } from '../store/opened.ts'

interface Stage {
  readonly alerts: Alerts
  readonly clock: MovedClock
  /** What was sent, each try. */
  readonly sent: Alert[]
  readonly lines: string[]
  /** Why the next tries are not taken; undefined: they are. The last one for all that follow. */
  answers(...reasons: (string | undefined)[]): void
  readings(): number[]
}

function stage(options: { windowMs?: number; restsMs?: number[]; channels?: number } = {}): Stage {
  const { windowMs = 200, restsMs = [5, 5], channels = 1 } = options
  const clock = movedClock(Date.UTC(2026, 10, 24, 10))
  const { log, lines } = listen()
  const sent: Alert[] = []
  let reasons: (string | undefined)[] = [undefined]
  const channel: Channel = {
    name: 'webhook',
    send: async (alert) => {
      sent.push(alert)
      return reasons.length > 1 ? reasons.shift() : reasons[0]
    },
  }
  const alerts = createAlerts({
    channels: Array.from({ length: channels }, () => channel),
    publicUrl: 'https://stats.example.org/path',
    clock,
    log: { error: log.warn },
    windowMs,
    restsMs,
  })
  onTestFinished(() => alerts.close())
  return {
    alerts,
    clock,
    sent,
    lines,
    answers: (...next) => {
      reasons = next
    },
    readings: () => alerts.readings().map(({ read }) => read()),
  }
}

describe('R4.9 alerts', () => {
  it('tell the first of a kind at once, and count what follows into one message when the window ends', async () => {
    const { alerts, clock, sent, readings } = stage()
    alerts.raise('burst.blocked', 'sign-in')
    await expect.poll(() => sent.length).toBe(1)
    expect(sent[0]).toEqual({
      kind: 'burst.blocked',
      count: 1,
      what: ['sign-in'],
      since: '2026-11-24T10:00:00.000Z',
      time: '2026-11-24T10:00:00.000Z',
      server: 'stats.example.org',
      text: expect.stringContaining('A burst of requests is blocked'),
    })
    clock.pass(60_000)
    alerts.raise('burst.blocked', 'export')
    clock.pass(60_000)
    for (const what of ['export', 'change', 'export']) alerts.raise('burst.blocked', what)
    expect(sent).toHaveLength(1)
    await expect.poll(() => sent.length).toBe(2)
    expect(sent[1]).toMatchObject({
      count: 4,
      what: ['export', 'change'],
      since: '2026-11-24T10:01:00.000Z',
      time: '2026-11-24T10:02:00.000Z',
    })
    expect(readings()).toEqual([2, 0])
  })

  it('begin another window with the message that ends one, and tell at once after a quiet one', async () => {
    const { alerts, sent } = stage({ windowMs: 100 })
    for (let time = 0; time < 2; time++) alerts.raise('backup.failed')
    await expect.poll(() => sent.length).toBe(2)
    alerts.raise('backup.failed')
    expect(sent, 'within the second window').toHaveLength(2)
    await expect.poll(() => sent.length).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 250))
    alerts.raise('backup.failed')
    expect(sent, 'after a window in which nothing was').toHaveLength(4)
    expect(sent.map(({ count }) => count)).toEqual([1, 1, 1, 1])
  })

  it('keep kinds apart', () => {
    const { alerts, sent } = stage()
    alerts.raise('backup.failed')
    alerts.raise('audit.broken')
    expect(sent.map(({ kind }) => kind)).toEqual(['backup.failed', 'audit.broken'])
  })

  it('are tried again, and counted and logged when nobody takes them', async () => {
    const { alerts, sent, lines, answers, readings } = stage()
    answers('it answered 500', 'ECONNREFUSED', undefined)
    alerts.raise('backup.failed')
    await expect.poll(() => readings()).toEqual([1, 0])
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map((alert) => JSON.stringify(alert))).size, 'the same message').toBe(1)
    expect(lines).toEqual([])

    answers('it answered 500')
    alerts.raise('audit.broken')
    await expect.poll(() => readings()).toEqual([1, 1])
    expect(sent).toHaveLength(6)
    expect(lines).toEqual([
      expect.stringMatching(/"alert":"audit.broken","channel":"webhook","reason":"it answered 500"/),
    ])
  })

  it('go by each way on its own', async () => {
    const { alerts, sent, answers, readings } = stage({ channels: 2, restsMs: [] })
    answers('it answered 500', undefined)
    alerts.raise('backup.failed')
    await expect.poll(() => readings()).toEqual([1, 1])
    expect(sent).toHaveLength(2)
  })

  it('tell what was counted when the server stops, and wait for no further try', async () => {
    const { alerts, sent, answers, readings } = stage({ windowMs: 600_000, restsMs: [600_000] })
    alerts.raise('burst.blocked', 'sign-in')
    alerts.raise('burst.blocked', 'sign-in')
    answers('it answered 500')
    alerts.raise('audit.broken')
    await alerts.close()
    expect(sent.map(({ kind, count }) => `${kind} ${count}`).toSorted()).toEqual([
      'audit.broken 1',
      'burst.blocked 1',
      'burst.blocked 1',
    ])
    expect(readings()).toEqual([1, 2])
    alerts.raise('backup.failed')
    await alerts.close()
    expect(sent).toHaveLength(3)
  })

  it('name no server by a bare address', () => {
    for (const publicUrl of ['http://127.0.0.1:8000', 'https://[2001:db8::1]']) {
      const sent: Alert[] = []
      const send = async (alert: Alert): Promise<undefined> => void sent.push(alert)
      const alerts = createAlerts({
        channels: [{ name: 'e-mail', send }],
        publicUrl,
        clock: movedClock(),
        log: { error: () => undefined },
      })
      onTestFinished(() => alerts.close())
      alerts.raise('backup.failed')
      expect(sent[0]?.server).toBeNull()
    }
  })
})
