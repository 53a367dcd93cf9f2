import type { CommandEntry } from './command-entry.ts'

/** `sluice report …`: reports are made in the dashboard, since each recipient is asked by the running server. */
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
]
