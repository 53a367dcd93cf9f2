import type { CommandEntry } from './command-entry.ts'

/** `sluice report …`. */
export const REPORT_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'report list',
    takes: '',
    does: 'lists reports and alerts by e-mail of a site or of all, and to whom they go',
    flags: { site: { value: '<domain>', does: 'the site' } },
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
