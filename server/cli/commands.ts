import type { CommandEntry } from './command-entry.ts'
import type { Flags } from './flags.ts'
import { SMS_COMMANDS } from './sms-commands.ts'
import { SMS_DECISION_COMMANDS } from './sms-decision-commands.ts'
import { SMS_PEOPLE_COMMANDS } from './sms-people-commands.ts'
import { BEACON_COMMANDS } from './beacon-commands.ts'
import { REPORT_COMMANDS } from './report-commands.ts'
import { SHARE_COMMANDS } from './share-commands.ts'

const SITE_FLAGS = {
  timezone: { value: '<zone>', does: 'IANA time zone; the day begins at its midnight (UTC)' },
  'pre-consent': { value: 'none|anonymous|auto', does: 'what is measured before a choice (none)' },
  subdomains: { does: 'pages of subdomains count too; --no-subdomains switches it off' },
  'event-window': { value: '<13mo|400d>', does: 'how long single events are kept, 2d to 25mo (13mo)' },
  'minimum-group': { value: '<number>', does: 'fewest visitors a released group has, 1 to 100 (5)' },
  'minimum-group-scope': { value: 'close|all', does: 'which answers are folded at it (close)' },
  properties: {
    value: '<list>',
    does: 'properties of events that are kept, by commas, or none (feature,plan)',
  },
  traits: {
    value: '<names>',
    does: 'groups that visitors are counted in under targeting, by commas, or none: age, gender, occupation, companySize, technology (none)',
  },
} satisfies Flags

const QUERY_FLAGS = {
  site: { value: '<domain>', does: 'the site' },
  period: { value: '<period>', does: 'today, yesterday, 7d, 30d, 90d, 12mo, realtime (30d)' },
  from: { value: '<day>', does: 'first day of the period, 2026-11-01; with --to' },
  to: { value: '<day>', does: 'last day of the period' },
  interval: { value: 'minute|hour|day|week|month', does: 'a series' },
  compare: { value: 'previous|year', does: 'beside another period' },
  metrics: { value: '<list>', does: 'metrics, separated by commas' },
  breakdown: { value: '<dimension>', does: 'one row for each value, like page or country' },
  filter: { value: '<dimension=value>', does: 'only what fits; may be given several times' },
  funnel: { value: '<step> <step> …', does: 'how many visits took one step after another' },
  'flow-from': { value: '<step>', does: 'which pages visits saw next' },
  'flow-to': { value: '<step>', does: 'which pages visits saw before' },
  steps: { value: '<1 to 3>', does: 'how many pages of a flow (1)' },
  retention: { value: 'week', does: 'who came back in the weeks after their first' },
  bursts: {
    value: 'number',
    does: 'hours with so many refused, failed or probing requests of one network operator',
  },
  limit: { value: '<rows>', does: 'most rows, 1 to 1000 (100)' },
  offset: { value: '<rows>', does: 'rows to pass over' },
  csv: { does: 'answers as CSV' },
} satisfies Flags

const KEY_FLAGS = {
  site: { value: '<domain>', does: 'the site' },
  scope: { value: 'query|ingest|admin|sms', does: 'what the key may do' },
} satisfies Flags

const USER_FLAGS = {
  role: {
    value: 'owner|analyst|consent_officer|sms_operator|auditor',
    does: 'what the account is for',
  },
  site: { value: '<domain>', does: 'the sites it may see, separated by commas, or `all` (all)' },
} satisfies Flags

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    takes: '',
    does: 'starts everything',
    flags: {
      'tls-cert': { value: '<file>', does: 'speaks https with this certificate in PEM format (plain http)' },
      'tls-key': { value: '<file>', does: 'its private key' },
    },
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'demo',
    takes: '',
    does: 'starts with a demo site and 30 days of data',
    flags: {},
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'site add',
    takes: '<domain>',
    does: 'registers a site and prints its script tag',
    flags: SITE_FLAGS,
    load: async () => (await import('./site.ts')).addSite,
  },
  {
    name: 'site list',
    takes: '',
    does: 'lists the sites',
    flags: {},
    load: async () => (await import('./site.ts')).listSites,
  },
  {
    name: 'site show',
    takes: '<domain>',
    does: 'shows a site, its settings and script tag',
    flags: {},
    load: async () => (await import('./site.ts')).showSite,
  },
  {
    name: 'site set',
    takes: '<domain>',
    does: 'changes settings of a site',
    flags: SITE_FLAGS,
    load: async () => (await import('./site.ts')).setSite,
  },
  {
    name: 'site remove',
    takes: '<domain>',
    does: 'removes a site and revokes its keys',
    flags: {},
    load: async () => (await import('./site.ts')).removeSite,
  },
  {
    name: 'goal add',
    takes: '<domain> <name>',
    does: 'adds something that visitors should reach',
    flags: {
      event: { value: '<name>', does: 'it is reached by this event' },
      page: { value: '<glob>', does: 'it is reached by a page, like /thanks or /docs/**' },
    },
    load: async () => (await import('./goal.ts')).addGoal,
  },
  {
    name: 'goal list',
    takes: '<domain>',
    does: 'lists the goals of a site',
    flags: {},
    load: async () => (await import('./goal.ts')).listGoals,
  },
  {
    name: 'goal remove',
    takes: '<domain> <name>',
    does: 'removes a goal; what was measured stays',
    flags: {},
    load: async () => (await import('./goal.ts')).removeGoal,
  },
  {
    name: 'key create',
    takes: '',
    does: 'makes an API key and prints it, once',
    flags: {
      ...KEY_FLAGS,
      expires: { value: '<days>', does: 'ends the key by itself, 90d after 90 days (never)' },
    },
    load: async () => (await import('./key.ts')).createKey,
  },
  {
    name: 'key list',
    takes: '',
    does: 'lists the keys of a site or of all, never the keys themselves',
    flags: { site: KEY_FLAGS.site },
    load: async () => (await import('./key.ts')).listKeys,
  },
  {
    name: 'key revoke',
    takes: '<id>',
    does: 'ends a key',
    flags: {},
    load: async () => (await import('./key.ts')).revokeKey,
  },
  ...SHARE_COMMANDS,
  ...REPORT_COMMANDS,
  ...BEACON_COMMANDS,
  {
    name: 'secret rotate',
    takes: '',
    does: 'replaces the master key, and seals anew what was sealed with it',
    flags: {},
    load: async () => (await import('./secret.ts')).rotateSecret,
  },
  {
    name: 'user add',
    takes: '<email>',
    does: 'invites somebody and prints their one-time set-up link',
    flags: USER_FLAGS,
    load: async () => (await import('./user.ts')).addUser,
  },
  {
    name: 'user list',
    takes: '',
    does: 'lists who may sign in, with role and sites',
    flags: {},
    load: async () => (await import('./user.ts')).listUsers,
  },
  {
    name: 'user review',
    takes: '',
    does: 'reviews access: who may do what on which site, keys, and what stands out',
    flags: { csv: { does: 'answers as CSV' } },
    load: async () => (await import('./user.ts')).reviewUsers,
  },
  {
    name: 'user set',
    takes: '<email>',
    does: 'changes role or sites, or prints a link for a new password and authenticator',
    flags: { ...USER_FLAGS, link: { does: 'prints a new one-time set-up link' } },
    load: async () => (await import('./user.ts')).setUser,
  },
  {
    name: 'user remove',
    takes: '<email>',
    does: 'deletes an account and ends its sessions',
    flags: {},
    load: async () => (await import('./user.ts')).removeUser,
  },
  {
    name: 'audit verify',
    takes: '',
    does: 'finds what was changed, moved or cut off in the audit log',
    flags: {
      head: { value: '<file>', does: 'a head that was kept elsewhere, as GET /api/audit or --json tells it' },
    },
    load: async () => (await import('./audit.ts')).verifyAudit,
  },
  {
    name: 'policy show',
    takes: '<site>',
    does: 'prints the policy manifest in force',
    flags: {},
    load: async () => (await import('./policy.ts')).showPolicy,
  },
  {
    name: 'policy check',
    takes: '<site> [file]',
    does: 'says what speaks against a manifest, of a file or of standard input',
    flags: {},
    load: async () => (await import('./policy.ts')).checkPolicy,
  },
  {
    name: 'policy set',
    takes: '<site> [file]',
    does: 'publishes a manifest and says what is asked again',
    flags: {},
    load: async () => (await import('./policy.ts')).setPolicy,
  },
  {
    name: 'policy preview',
    takes: '<site> [file]',
    does: 'shows the banner of the manifest in force, or of a file, in a page that records nothing',
    flags: { port: { value: '<number>', does: 'where on 127.0.0.1 (any that is free)' } },
    load: async () => (await import('./policy-preview.ts')).previewPolicy,
  },
  {
    name: 'consent verify',
    takes: '',
    does: 'finds what was changed or cut off in the consent ledger, or in an export',
    flags: {
      site: { value: '<domain>', does: 'this site only (all)' },
      file: { value: '<export>', does: 'an export; with --site the store is held against it' },
      key: { value: '<public key>', does: 'the key that the export must be signed with' },
    },
    load: async () => (await import('./consent.ts')).verifyConsent,
  },
  {
    name: 'consent export',
    takes: '',
    does: 'prints the consent ledger with all that proves it, as NDJSON',
    flags: {
      site: { value: '<domain>', does: 'the site' },
      from: { value: '<day>', does: 'from this day on, in UTC (the first)' },
      to: { value: '<day>', does: 'up to this day (the last)' },
    },
    load: async () => (await import('./consent.ts')).exportConsent,
  },
  {
    name: 'disclose',
    takes: '',
    does: 'prints what is known of one receipt within days, signed, on a legal ground',
    flags: {
      receipt: { value: '<id>', does: 'the id that the visitor holds' },
      from: { value: '<day>', does: 'from this day on, in UTC' },
      to: { value: '<day>', does: 'up to this day' },
      basis: {
        value: 'court_order|law_enforcement|regulator|data_subject',
        does: 'on what ground',
      },
      reason: { value: '<text>', does: 'why; kept in the audit log' },
    },
    load: async () => (await import('./disclose.ts')).disclose,
  },
  {
    name: 'disclose verify',
    takes: '<file>',
    does: 'finds what was changed in a disclosure',
    flags: { key: { value: '<public key>', does: 'the key that it must be signed with' } },
    load: async () => (await import('./disclose.ts')).verifyDisclosed,
  },
  {
    name: 'erase',
    takes: '',
    does: 'erases a consent receipt, so that nothing leads from it to the ledger',
    flags: { receipt: { value: '<id>', does: 'the id that the visitor holds' } },
    load: async () => (await import('./erase.ts')).erase,
  },
  {
    name: 'backup',
    takes: '<folder|s3://bucket/folder>',
    does: 'backs everything up, encrypted, while the server runs or not',
    flags: {
      keep: { value: '<number>', does: 'removes all but the newest so many (all stay)' },
      rehearse: { does: 'restores it as well, in a folder that is removed again' },
      scheduled: { does: 'is how the server calls it: the audit log names the server' },
    },
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    takes: '<folder|s3://bucket/folder>',
    does: 'restores a backup into an empty SLUICE_DATA that has the key',
    flags: {
      from: { value: '<name>', does: 'which backup (the newest)' },
      erasures: { value: '<file>|none', does: 'what was erased since (`erasures` beside the backup)' },
      spool: { value: '<folder>', does: 'a spool that was saved: what the backup lacks is taken from it' },
    },
    load: async () => (await import('./restore.ts')).restoreBackup,
  },
  {
    name: 'import',
    takes: '<file|->',
    does: 'reads an access log into events, plain or packed; again or overlapping it counts once',
    flags: {
      site: { value: '<domain>', does: 'the site that the log is of' },
      format: { value: 'auto|combined|common|caddy|cloudfront|alb', does: 'how the log is written (auto)' },
      host: { value: '<name>', does: 'only requests of this host, where the log tells hosts (all)' },
    },
    load: async () => (await import('./import.ts')).importLog,
  },
  {
    name: 'seal',
    takes: '',
    does: 'seals days that are over, which the server does by itself at 12:00 UTC',
    flags: { day: { value: '<day>', does: 'this day again, 2026-11-23 (all that are not sealed)' } },
    load: async () => (await import('./seal.ts')).seal,
  },
  ...SMS_COMMANDS,
  ...SMS_DECISION_COMMANDS,
  ...SMS_PEOPLE_COMMANDS,
  {
    name: 'dead-letter list',
    takes: '',
    does: 'lists events that the database refused and that were set aside',
    flags: {},
    load: async () => (await import('./dead-letter.ts')).listDeadLetters,
  },
  {
    name: 'dead-letter retry',
    takes: '',
    does: 'loads them, each once, and keeps those that are still refused',
    flags: {},
    load: async () => (await import('./dead-letter.ts')).retryDeadLetters,
  },
  {
    name: 'retention',
    takes: '',
    does: 'tells what is kept, why, until when, and the oldest that is there',
    flags: {},
    load: async () => (await import('./retention.ts')).retention,
  },
  {
    name: 'doctor',
    takes: '',
    does: 'looks whether all is well; exit code 1 where it is not',
    flags: { alert: { does: 'sends a test alert on each way that is set' } },
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'query',
    takes: '',
    does: 'asks about a site and prints a table',
    flags: QUERY_FLAGS,
    readsItself: true,
    load: async () => (await import('./query.ts')).query,
  },
]
