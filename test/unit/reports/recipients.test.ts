import { describe, expect, it } from 'vitest'
import { createReportDesk } from '../../../server/reports/desk.ts'
import { TERMINAL } from '../accounts/rig.ts'
import { rowsOf } from '../store/opened.ts'
import { DAY_MS, MINUTE_MS, plain, stage } from './stage.ts'

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

  it('is asked again as long as no mail server has taken the question, and once only', async () => {
    const { make, desk, sender, sink, site, reports, clock } = await stage()
    const report = await make({ kind: 'weekly' })
    await reports.stop((await reports.recipients(report.id))[0]?.id ?? '')
    const tries = () => sink.commands.filter((command) => command.startsWith('RCPT')).length
    sink.refuse('451 later')
    const { id } = await desk.addRecipient(site, report.id, 'bob@example.org', TERMINAL)
    const stateOf = async () => {
      const { recipient } = (await reports.find(id)) ?? {}
      return [recipient?.isAsked, recipient?.isConfirmed]
    }
    expect(await stateOf()).toEqual([false, false])
    /** Minutes after which it was tried again, of six hours. */
    const tried: number[] = []
    for (let minute = 1; minute <= 6 * 60; minute++) {
      clock.pass(MINUTE_MS)
      const before = tries()
      await sender.look()
      if (tries() > before) tried.push(minute)
    }
    expect(tried).toEqual([15, 30, 60, 120, 240])
    sink.refuse(undefined)
    clock.pass(2 * 60 * MINUTE_MS)
    await sender.look()
    expect(sink.mails.map(({ to }) => to.join(' '))).toEqual(['bob@example.org'])
    expect(plain(sink.mails[0]?.text ?? '')).toContain('Nothing is sent before you say yes')
    expect(await stateOf()).toEqual([true, false])
    clock.pass(DAY_MS)
    await sender.look()
    expect(sink.mails).toHaveLength(1)
  })

  it('whose yes came first is not asked again', async () => {
    const { desk, sender, sink, site, reports, clock } = await stage()
    sink.refuse('451 later')
    const { id: report } = await desk.make(
      site,
      { kind: 'weekly', language: 'en', recipients: ['bob@example.org'] },
      TERMINAL,
    )
    const [bob] = await reports.recipients(report)
    await reports.confirm(bob?.id ?? '', '2026-11-16..2026-11-22')
    sink.refuse(undefined)
    clock.pass(DAY_MS)
    await sender.look()
    expect(sink.mails).toEqual([])
  })
})
