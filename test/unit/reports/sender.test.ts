import { describe, expect, it } from 'vitest'
import { TERMINAL } from '../accounts/rig.ts'
import { rowsOf } from '../store/opened.ts'
import { DAY_MS, MINUTE_MS, plain, stage } from './stage.ts'

describe('R9.1 reports by e-mail', () => {
  it('ask first, come on Monday morning where the site is, once, and tell what the query API tells', async () => {
    const { make, desk, sender, sink, site, reports, until } = await stage()
    const report = await desk.make(
      site,
      {
        kind: 'weekly',
        language: 'en',
        recipients: ['ann@example.org', 'Bob@Example.org', 'ann@example.org'],
      },
      TERMINAL,
    )
    expect(report.unasked).toEqual([])
    expect(sink.mails.map(({ to }) => to.join(' ')).toSorted()).toEqual([
      'ann@example.org',
      'bob@example.org',
    ])
    expect(plain(sink.mails[0]?.text ?? '')).toContain('Nothing is sent before you say yes')
    until('2026-11-30T06:00:00Z')
    await sender.look()
    expect(sink.mails, 'nobody has said yes').toHaveLength(2)
    for (const { id } of await reports.recipients(report.id)) {
      expect(await reports.claim(id, '2026-11-23..2026-11-29'), 'nor is one sent otherwise').toBe(false)
    }

    const again = await make({ kind: 'weekly' })
    const [ann] = await reports.recipients(again.id)
    await reports.confirm(ann?.id ?? '', null)
    await sender.look()
    await sender.look()
    expect(sink.mails).toHaveLength(3)
    const mail = plain(sink.mails[2]?.text ?? '')
    expect(mail).toMatch(/^Subject: Week on shop\.example: 1,234 visitors$/m)
    expect(mail).toContain('Visitors: 1,234 (before: 1,000)')
    expect(mail).toContain('Bounce rate: 50% (before: 40%)')
    expect(mail).toContain('Time of a visit: 1 min 15 s (before: 20 s)')
    expect(mail).toContain('7  fewer than 5 each')
    expect(mail).toContain('30  Germany')
    until('2026-12-07T06:00:00Z')
    await sender.look()
    expect(sink.mails).toHaveLength(4)
  })

  it('R5.2 fetch nothing: no picture, no style and no script of another place, whatever pages are called', async () => {
    const { make, confirmAll, sender, sink, until } = await stage()
    await confirmAll(await make({ kind: 'monthly', language: 'de' }))
    until('2026-12-01T07:00:00Z')
    await sender.look()
    const mail = plain(sink.mails[0]?.text ?? '')
    expect(mail).toContain('Der Monat auf shop.example')
    expect(mail).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(mail.slice(mail.indexOf('<html'))).not.toMatch(/<(img|link|script|iframe|object)|url\(/)
    const places = [...mail.matchAll(/https?:\/\/[\w.:-]+/g)].map(([place]) => place)
    expect([...new Set(places)]).toEqual(['https://stats.example.com'])
  })

  it('end by one click of the mail program (RFC 8058), and the address with them', async () => {
    const { make, confirmAll, sender, sink, reports, until, store } = await stage()
    const report = await make({ kind: 'weekly' })
    await confirmAll(report)
    const [ann] = await reports.recipients(report.id)
    until('2026-11-30T06:00:00Z')
    await sender.look()
    const mail = sink.mails[0]?.text.replace(/\n[ \t]+/g, '') ?? ''
    expect(mail).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m)
    expect(mail).toMatch(
      new RegExp(
        `^List-Unsubscribe: ?<https://stats\\.example\\.com/reports/${ann?.id}\\.[\\w-]{43}/stop>$`,
        'm',
      ),
    )
    await reports.stop(ann?.id ?? '')
    expect(await reports.recipients(report.id)).toEqual([])
    expect(await rowsOf(store, 'report_recipient')).toEqual([])
    until('2026-12-07T06:00:00Z')
    await sender.look()
    expect(sink.mails).toHaveLength(1)
  })

  it('are tried again when no server takes them, and never sent twice by two who look at once', async () => {
    const { make, confirmAll, sender, sink, clock, until, reports, warnings } = await stage()
    const report = await make({ kind: 'weekly' })
    await confirmAll(report)
    until('2026-11-30T06:00:00Z')
    sink.refuse('451 later')
    await sender.look()
    expect(sink.mails).toHaveLength(0)
    expect(warnings.join(' ')).not.toContain('ann@')
    const [ann] = await reports.recipients(report.id)
    expect(await reports.claim(ann?.id ?? '', '2026-11-23..2026-11-29'), 'somebody is sending').toBe(false)
    clock.pass(15 * MINUTE_MS)
    const claims = await Promise.all(
      [1, 2, 3].map(() => reports.claim(ann?.id ?? '', '2026-11-23..2026-11-29')),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('R4.1 no address is in the store in the clear, and who never said yes is forgotten after a week', async () => {
    const { make, store, sender, clock, reports } = await stage()
    const report = await make({ kind: 'weekly' })
    const rows = [...(await rowsOf(store, 'report_recipient')), ...(await rowsOf(store, 'audit_log'))]
    expect(JSON.stringify(rows)).not.toContain('ann@')
    clock.pass(7 * DAY_MS - 1)
    await sender.look()
    expect(await reports.recipients(report.id)).toHaveLength(1)
    clock.pass(1)
    await sender.look()
    expect(await reports.recipients(report.id)).toEqual([])
  })

  it.each([
    [{ kind: 'weekly', to: [] }, '1 to 20 recipients'],
    [{ kind: 'weekly', to: ['no address'] }, 'no e-mail address'],
    [{ kind: 'spike' }, 'threshold'],
    [{ kind: 'drop', threshold: 0 }, 'threshold'],
    [{ kind: 'drop', threshold: 1.5 }, 'threshold'],
  ] as const)('are refused with a sentence for %j', async (wanted, words) => {
    const { make, reports } = await stage()
    await expect(make(wanted as never)).rejects.toThrow(words)
    expect(await reports.list()).toEqual([])
  })
})

describe('R9.1 alerts about page views', () => {
  it('tell of many within half an hour, once a day', async () => {
    const { make, confirmAll, sender, sink, said, clock } = await stage()
    await confirmAll(await make({ kind: 'spike', threshold: 100 }))
    said.realtime = 99
    await sender.look()
    expect(sink.mails).toHaveLength(0)
    said.realtime = 100
    await sender.look()
    expect(sink.mails, 'it is looked at every five minutes').toHaveLength(0)
    clock.pass(5 * MINUTE_MS)
    await sender.look()
    expect(plain(sink.mails[0]?.text ?? '')).toContain('had 100 page views within the last half hour')
    clock.pass(DAY_MS - 1)
    await sender.look()
    expect(sink.mails).toHaveLength(1)
    clock.pass(5 * MINUTE_MS)
    await sender.look()
    expect(sink.mails).toHaveLength(2)
  })

  it('tell of few within 24 hours, not before they have watched for a day', async () => {
    const { make, confirmAll, sender, sink, said, clock } = await stage()
    await confirmAll(await make({ kind: 'drop', threshold: 48 }))
    said.perHour = 1
    await sender.look()
    expect(sink.mails).toHaveLength(0)
    clock.pass(DAY_MS)
    said.perHour = 2
    await sender.look()
    expect(sink.mails, '48 are not fewer than 48').toHaveLength(0)
    said.perHour = 1
    clock.pass(5 * MINUTE_MS)
    await sender.look()
    expect(plain(sink.mails[0]?.text ?? '')).toContain('had 24 page views within the last 24 hours')
  })
})
