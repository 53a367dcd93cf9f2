import type { CommandEntry } from './command-entry.ts'

const SITE = { value: '<domain>', does: 'the site' } as const

/** `sluice share …`. */
export const SHARE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'share create',
    takes: '',
    does: 'makes a link that shows a site without an account, and prints it, once',
    flags: {
      site: SITE,
      name: { value: '<text>', does: 'what it is for, as the list shows it' },
      'password-file': {
        value: '<file|->',
        does: 'whoever opens it has to know its first line (nobody is asked)',
      },
      expires: { value: '<days>', does: 'ends the link by itself, 30d after 30 days (never)' },
      filter: { value: '<dimension=value>', does: 'only what fits, for good; may be given several times' },
      embed: { value: '<origin>', does: 'a host whose pages may frame it; may be given several times' },
    },
    load: async () => (await import('./share.ts')).createShare,
  },
  {
    name: 'share list',
    takes: '',
    does: 'lists the share links of a site or of all, never what opens them',
    flags: { site: SITE },
    load: async () => (await import('./share.ts')).listShares,
  },
  {
    name: 'share revoke',
    takes: '<id>',
    does: 'ends a share link',
    flags: {},
    load: async () => (await import('./share.ts')).revokeShare,
  },
]
