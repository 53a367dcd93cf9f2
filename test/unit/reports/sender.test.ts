import { describe, expect, it, onTestFinished } from 'vitest'
import type { Query, QueryAnswer } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { createReportDesk, type ReportDesk } from '../../../server/reports/desk.ts'
import { createInvite } from '../../../server/reports/invite.ts'
import { createRecipientLinks } from '../../../server/reports/links.ts'
import { createSendMail } from '../../../server/reports/mailer.ts'
import { createReports, type Report, type Reports } from '../../../server/reports/reports.ts'
import { createReportSender, type ReportSender } from '../../../server/reports/sender.ts'
import { smtpSink, type SmtpSink } from '../../support/smtp-sink.ts'
import { scene, TERMINAL, type Scene } from '../accounts/rig.ts'
import { rowsOf } from '../store/opened.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const HOSTILE = '/<img src=x onerror=alert(1)>&"'

/** What the query API would say. */
interface Said {
  realtime: number
  perHour: number
}

interface Stage extends Scene {
  site: Site
  sink: SmtpSink
  reports: Reports
  sender: ReportSender
  desk: ReportDesk
  said: Said
  make(wanted: {
    kind: Report['kind']
    threshold?: number
    to?: string[]
    language?: 'en' | 'de'
  }): Promise<Report>
  confirmAll(report: Report): Promise<void>
  /** Moves the clock to an instant. */
  until(text: string): void
}

async function stage(): Promise<Stage> {
  const all = await scene()
  const site = await all.sites.add({ domain: 'shop.example', timezone: 'Europe/Berlin' })
  const sink = await smtpSink()
  onTestFinished(() => sink.close())
  const said: Said = { realtime: 0, perHour: 0 }
  const { clock, store, audit, dataKeys, sites } = all
  const reports = createReports({ store, clock, dataKeys, audit })
  const run = (_site: Site, query: object): Promise<QueryAnswer> =>
    Promise.resolve(answerOf(query as Query, said))
  const links = createRecipientLinks(dataKeys.lasting, 'https://stats.example.com')
  const send = createSendMail({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from: 'stats@example.com' })
  const log = { warn: (...words: unknown[]) => void all.warnings.push(JSON.stringify(words)) }
  const sender = createReportSender({
    reports,
    sites,
    queries: { run },
    links,
    send,
    publicUrl: 'https://stats.example.com',
    clock,
    log,
  })
  const desk = createReportDesk({ reports, invite: createInvite({ reports, links, send, log }) })
  return {
    ...all,
    site,
    sink,
    reports,
    sender,
    desk,
    said,
    make: async ({ kind, threshold, to = ['ann@example.org'], language = 'en' }) => {
      const id = await reports.create(site, { kind, language, threshold, recipients: to }, TERMINAL)
      const made = (await reports.list(site.id)).find((report) => report.id === id)
      if (!made) throw new Error('it was made')
      return made
    },
    confirmAll: async ({ id }) => {
      for (const recipient of await reports.recipients(id)) await reports.confirm(recipient.id, null)
    },
    until: (text) => clock.pass(Date.parse(text) - clock.now()),
  }
}

function answerOf({ period, breakdown, interval }: Query, { realtime, perHour }: Said): QueryAnswer {
  const meta = {
    from: '2026-11-16',
    to: '2026-11-22',
    timezone: 'Europe/Berlin',
    source: 'rollup',
    foldedRows: 1,
    minimumGroup: 5,
    freshness: '2026-11-23T00:00:00.000Z',
  } as QueryAnswer['meta']
  if (period === 'realtime') return { rows: [], totals: { pageviews: realtime }, meta }
  if (interval === 'hour' && typeof period === 'object') {
    const rows = [period.from, period.to].flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => ({
        time: `${day}T${String(hour).padStart(2, '0')}:00`,
        pageviews: perHour,
      })),
    )
    return { rows, totals: {}, meta }
  }
  if (breakdown === 'page') {
    return {
      rows: [
        { page: HOSTILE, visitors: 40 },
        { page: '(other)', visitors: 7 },
      ],
      totals: {},
      meta,
    }
  }
  if (breakdown === 'country') return { rows: [{ country: 'DE', visitors: 30 }], totals: {}, meta }
  if (breakdown !== undefined) return { rows: [], totals: {}, meta }
  const totals = { visitors: 1234, visits: 1500, pageviews: 4000, bounceRate: 0.5, visitDuration: 75 }
  const before = { visitors: 1000, visits: 1200, pageviews: 3000, bounceRate: 0.4, visitDuration: 20 }
  return { rows: [], totals, comparison: { totals: before, from: '2026-11-09', to: '2026-11-15' }, meta }
}

/** Quoted-printable and base64 are what mails are written in; a test reads what was meant. */
function plain(text: string): string {
  return text
    .replace(/=\n/g, '')
    .replace(/(?:=[\dA-F]{2})+/g, (bytes) => Buffer.from(bytes.replace(/=/g, ''), 'hex').toString('utf8'))
}

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

describe('R9.1 one recipient of a report', () => {
  it('that is added is asked, and gets nothing before a yes; the others are asked no second time', async () => {
    const { make, confirmAll, desk, sender, sink, site, reports, until, store } = await stage()
    const report = await make({ kind: 'weekly' })
    await confirmAll(report)
    const silent = await desk.make(
      site,
      { kind: 'weekly', language: 'en', recipients: ['cat@example.org'] },
      TERMINAL,
    )
    sink.mails.length = 0
    const added = await desk.addRecipient(site, report.id, ' Bob@Example.org', TERMINAL)
    await desk.addRecipient(site, silent.id, 'dan@example.org', TERMINAL)
    expect(sink.mails.map(({ to }) => to.join(' '))).toEqual(['bob@example.org', 'dan@example.org'])
    expect(plain(sink.mails[0]?.text ?? '')).toContain('Nothing is sent before you say yes')
    until('2026-11-30T06:00:00Z')
    await sender.look()
    expect(sink.mails.slice(2).map(({ to }) => to.join(' '))).toEqual(['ann@example.org'])
    await reports.confirm(added.id, null)
    await sender.look()
    expect(sink.mails.slice(3).map(({ to }) => to.join(' '))).toEqual(['bob@example.org'])
    const told = await rowsOf(store, 'audit_log')
    expect(told).toContainEqual(
      expect.objectContaining({
        action: 'report.recipient-added',
        actor: 'terminal',
        subject: report.id,
        site: 'shop.example',
      }),
    )
    expect(JSON.stringify(told)).not.toContain('bob@')
  })

  it('that is removed is forgotten at once, and their link leads nowhere; the others go on', async () => {
    const { make, confirmAll, sender, sink, site, reports, until, store } = await stage()
    const report = await make({ kind: 'weekly', to: ['ann@example.org', 'bob@example.org'] })
    await confirmAll(report)
    const ann = (await reports.recipients(report.id)).find(({ email }) => email.startsWith('ann'))
    await reports.removeRecipient(site, report.id, ann?.id ?? '', TERMINAL)
    expect(await reports.find(ann?.id ?? '')).toBeUndefined()
    expect(await rowsOf(store, 'report_recipient')).toHaveLength(1)
    until('2026-11-30T06:00:00Z')
    await sender.look()
    expect(sink.mails.map(({ to }) => to.join(' '))).toEqual(['bob@example.org'])
    expect(await rowsOf(store, 'audit_log')).toContainEqual(
      expect.objectContaining({
        action: 'report.recipient-removed',
        subject: report.id,
        site: 'shop.example',
      }),
    )
  })

  it('is refused twice, beyond twenty, of another site, without an address, and without a mail server', async () => {
    const { make, desk, sites, site, reports } = await stage()
    const report = await make({ kind: 'weekly', to: ['ann@example.org'] })
    const other = await sites.add({ domain: 'other.example' })
    const add = (email: string, to = site) => desk.addRecipient(to, report.id, email, TERMINAL)
    await expect(add('ANN@example.org')).rejects.toThrow('a recipient already')
    await expect(add('nobody')).rejects.toThrow('no e-mail address')
    await expect(add('bob@example.org', other)).rejects.toThrow('no report with this id')
    const [ann] = await reports.recipients(report.id)
    await expect(reports.removeRecipient(other, report.id, ann?.id ?? '', TERMINAL)).rejects.toThrow(
      'no such recipient',
    )
    const mute = createReportDesk({ reports, invite: undefined })
    await expect(mute.addRecipient(site, report.id, 'bob@example.org', TERMINAL)).rejects.toThrow(
      'SLUICE_SMTP_URL',
    )
    for (let count = 2; count <= 20; count++) await add(`p${count}@example.org`)
    await expect(add('one-more@example.org')).rejects.toThrow('at most 20 recipients')
    expect(await reports.recipients(report.id)).toHaveLength(20)
  })

  it('that the mail server does not take the question to is told of, without the address', async () => {
    const { make, desk, sink, site, warnings } = await stage()
    const report = await make({ kind: 'weekly' })
    sink.refuse('451 later')
    const { unasked } = await desk.addRecipient(site, report.id, 'bob@example.org', TERMINAL)
    expect(unasked).toEqual([expect.stringContaining('reply 451')])
    expect(warnings.join(' ')).toContain('could not be asked')
    expect(warnings.join(' ')).not.toContain('bob@')
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
