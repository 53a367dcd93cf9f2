import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAlerts, type Alert, type Alerts, type Channel } from '../../../server/alerts/alerts.ts'
import { NOTHING, openAlertFile, type AlertFile, type KeptAlerts } from '../../../server/alerts/kept.ts'
import { dataFolder, listen, movedClock, type MovedClock } from '../store/opened.ts'

/** A file in memory, with what was saved last. */
function memory(found: KeptAlerts = NOTHING): AlertFile & { saved(): KeptAlerts } {
  let text = JSON.stringify(found)
  return {
    found,
    save: async (kept) => {
      text = JSON.stringify(kept)
    },
    saved: () => JSON.parse(text) as KeptAlerts,
  }
}

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

interface Options {
  windowMs?: number
  restsMs?: number[]
  channels?: number
  /** Default: one that was never written to. */
  file?: AlertFile
  clock?: MovedClock
}

function stage(options: Options = {}): Stage {
  const { windowMs = 200, restsMs = [5, 5], channels = 1, file = memory() } = options
  const clock = options.clock ?? movedClock(Date.UTC(2026, 10, 24, 10))
  const { log, lines } = listen()
  const sent: Alert[] = []
  let reasons: (string | undefined)[] = [undefined]
  const send: Channel['send'] = async (alert) => {
    sent.push(alert)
    return reasons.length > 1 ? reasons.shift() : reasons[0]
  }
  const alerts = createAlerts({
    channels: (['webhook', 'e-mail'] as const).slice(0, channels).map((name) => ({ name, send })),
    file,
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
      id: expect.stringMatching(/^[\da-f-]{36}$/),
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
    await expect.poll(() => sent.length).toBe(4)
    expect(sent.map(({ count }) => count)).toEqual([1, 1, 1, 1])
  })

  it('keep kinds apart', async () => {
    const { alerts, sent } = stage()
    alerts.raise('backup.failed')
    alerts.raise('audit.broken')
    await expect.poll(() => sent.map(({ kind }) => kind)).toEqual(['backup.failed', 'audit.broken'])
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

  it('tell what was counted when the server stops, and send after the next start what was not taken', async () => {
    const file = memory()
    const { alerts, clock, sent, answers, readings } = stage({ windowMs: 600_000, restsMs: [600_000], file })
    alerts.raise('burst.blocked', 'sign-in')
    await expect.poll(() => sent.length).toBe(1)
    alerts.raise('burst.blocked', 'sign-in')
    answers('it answered 500')
    alerts.raise('audit.broken')
    await alerts.close()
    expect(sent.map(({ kind, count }) => `${kind} ${count}`).toSorted()).toEqual([
      'audit.broken 1',
      'burst.blocked 1',
      'burst.blocked 1',
    ])
    expect(readings()).toEqual([1, 0])
    alerts.raise('backup.failed')
    await alerts.close()
    expect(sent).toHaveLength(3)
    const left = file.saved()
    expect(left.waiting.map(({ alert }) => alert.kind).toSorted()).toEqual(['audit.broken', 'burst.blocked'])
    const next = stage({ windowMs: 600_000, file: memory(left), clock })
    await expect.poll(next.readings).toEqual([2, 0])
    const ids = (of: readonly Alert[]): string[] => of.map(({ id }) => id).toSorted()
    expect(ids(next.sent)).toEqual(ids(sent.slice(1)))
    // Still within ten minutes of those messages: the same is counted, not told again.
    next.alerts.raise('burst.blocked', 'sign-in')
    next.alerts.raise('audit.broken')
    expect(next.sent).toHaveLength(2)
  })

  it('are on disk before they are sent, and go on from there after a kill', async () => {
    const dataDir = dataFolder()
    const { log, lines } = listen()
    const clock = movedClock(Date.UTC(2026, 10, 24, 10))
    const killed = stage({
      windowMs: 60_000,
      restsMs: [60_000],
      file: await openAlertFile(dataDir, log),
      clock,
    })
    killed.answers('ECONNREFUSED')
    killed.alerts.raise('burst.blocked', 'sign-in')
    await expect.poll(() => killed.sent.length).toBe(1)
    killed.alerts.raise('burst.blocked', 'export')
    // As a kill leaves it: nobody closes anything.
    const left = async (): Promise<KeptAlerts> => (await openAlertFile(dataDir, log)).found
    await expect.poll(async () => (await left()).windows[0]?.count).toBe(1)
    await expect.poll(async () => (await left()).waiting[0]?.tries).toBe(1)

    clock.pass(59_900)
    const file = await openAlertFile(dataDir, log)
    const next = stage({ windowMs: 60_000, file, clock })
    await expect.poll(() => next.sent.length).toBe(2)
    expect(next.sent[0]).toEqual(killed.sent[0])
    expect(next.sent[1], 'what was counted, when its ten minutes were over').toMatchObject({
      count: 1,
      what: ['export'],
      since: '2026-11-24T10:00:00.000Z',
    })
    await expect.poll(next.readings).toEqual([2, 0])
    await expect.poll(async () => (await left()).waiting).toEqual([])
    const last = stage({ windowMs: 60_000, file: await openAlertFile(dataDir, log), clock })
    last.alerts.raise('burst.blocked')
    await last.alerts.close()
    // Which tells what was counted, and repeats nothing.
    expect(last.sent.map(({ count }) => count)).toEqual([1])
    expect(lines).toEqual([])
  })

  it('tell once of what goes on, whatever is restarted, and again after it was over or after a day', async () => {
    const [day, file] = [86_400_000, memory()]
    const first = stage({ windowMs: 1, file })
    for (let time = 0; time < 3; time++) first.alerts.standing('backup.overdue', true)
    first.alerts.standing('audit.broken', true, day)
    await first.alerts.close()
    expect(first.sent.map(({ kind }) => kind)).toEqual(['backup.overdue', 'audit.broken'])
    const next = stage({ windowMs: 1, file: memory(file.saved()), clock: first.clock })
    const say = (isSo: boolean): void => {
      next.alerts.standing('backup.overdue', isSo)
      next.alerts.standing('audit.broken', isSo, day)
    }
    say(true)
    next.clock.pass(day - 1)
    say(true)
    expect(next.sent).toEqual([])
    next.clock.pass(1)
    say(true)
    await expect.poll(() => next.sent.map(({ kind }) => kind)).toEqual(['audit.broken'])
    await new Promise((resolve) => setTimeout(resolve, 20))
    say(false)
    say(true)
    await expect.poll(() => next.sent.length).toBe(3)
  })

  it('begin anew where the file is damaged, say so, and go out where it cannot be written', async () => {
    const dataDir = dataFolder()
    const place = path.join(dataDir, 'alerts.json')
    const { log, lines } = listen()
    writeFileSync(place, '{"version":1,"wind')
    expect((await openAlertFile(dataDir, log)).found).toEqual(NOTHING)
    writeFileSync(place, '{"version":9}')
    expect((await openAlertFile(dataDir, log)).found).toEqual(NOTHING)
    expect(lines).toHaveLength(2)
    rmSync(place)
    const file: AlertFile = { found: NOTHING, save: () => Promise.reject(new Error('no room')) }
    const full = stage({ file })
    full.alerts.raise('backup.failed')
    await expect.poll(full.readings).toEqual([1, 0])
    expect(full.lines[0]).toContain('cannot be kept over a restart')
  })

  it('name no server by a bare address', async () => {
    for (const publicUrl of ['http://127.0.0.1:8000', 'https://[2001:db8::1]']) {
      const sent: Alert[] = []
      const send = async (alert: Alert): Promise<undefined> => void sent.push(alert)
      const alerts = createAlerts({
        channels: [{ name: 'e-mail', send }],
        publicUrl,
        file: memory(),
        clock: movedClock(),
        log: { error: () => undefined },
      })
      onTestFinished(() => alerts.close())
      alerts.raise('backup.failed')
      await expect.poll(() => sent[0]?.server).toBeNull()
    }
  })
})
