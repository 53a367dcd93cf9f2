import type { CommandEntry } from './command-entry.ts'
import type { Flags } from './flags.ts'

const SITE = { value: '<domain>', does: 'the site' } as const

const WANTED = {
  site: SITE,
  kind: {
    value: 'weekly|monthly|spike|drop',
    does: 'a report of each week or month, or an alert about many or few page views',
  },
  threshold: {
    value: '<page views>',
    does: 'of an alert: so many within half an hour (spike), or fewer within 24 hours (drop)',
  },
  language: { value: 'en|de', does: 'of the mails (en)' },
} satisfies Flags

/** `sluice report …`. */
export const REPORT_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'report create',
    takes: '',
    does: 'makes a report or an alert by e-mail; each recipient is asked by a mail and gets it after a yes',
    flags: {
      ...WANTED,
      to: { value: '<email>', does: 'a recipient; may be given several times, 20 at most' },
    },
    load: async () => (await import('./report.ts')).createReport,
  },
  {
    name: 'report preview',
    takes: '[id]',
    does: 'prints the mail of a report, or of one that is not made yet, as it would be sent now; sends nothing',
    flags: WANTED,
    load: async () => (await import('./report.ts')).previewReport,
  },
  {
    name: 'report list',
    takes: '',
    does: 'lists reports and alerts by e-mail of a site or of all, and to whom they go',
    flags: { site: SITE },
    load: async () => (await import('./report.ts')).listReports,
  },
  {
    name: 'report remove',
    takes: '<id>',
    does: 'removes a report or alert with the addresses of its recipients',
    flags: {},
    load: async () => (await import('./report.ts')).removeReport,
  },
  {
    name: 'report recipient add',
    takes: '<id> <email>',
    does: 'asks one more person whether they want a report; the others are not asked again',
    flags: {},
    load: async () => (await import('./report.ts')).addReportRecipient,
  },
  {
    name: 'report recipient remove',
    takes: '<id> <email>',
    does: 'removes one recipient of a report with their address',
    flags: {},
    load: async () => (await import('./report.ts')).removeReportRecipient,
  },
]
