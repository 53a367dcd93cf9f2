import type { CommandEntry } from './command-entry.ts'

const SITE = { value: '<domain>', does: 'the site' } as const
const LINK = {
  value: '<url>',
  does: 'an address that its links lead to; may be given several times',
} as const

/** `sluice beacon …`. */
export const BEACON_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'beacon add',
    takes: '<campaign>',
    does: 'makes an e-mail campaign, or changes its mode and adds links',
    flags: {
      site: SITE,
      mode: { value: 'off|aggregate|identified', does: 'what its mails may tell' },
      link: LINK,
    },
    load: async () => (await import('./beacon.ts')).addCampaign,
  },
  {
    name: 'beacon list',
    takes: '',
    does: 'lists the e-mail campaigns of a site',
    flags: { site: SITE },
    load: async () => (await import('./beacon.ts')).listCampaigns,
  },
  {
    name: 'beacon remove',
    takes: '<campaign>',
    does: 'ends a campaign; its links go on leading',
    flags: { site: SITE },
    load: async () => (await import('./beacon.ts')).removeCampaign,
  },
  {
    name: 'beacon mint',
    takes: '<campaign>',
    does: 'prints what goes into a mail: the picture, links and headers',
    flags: {
      site: SITE,
      recipient: { value: '<id>', does: 'whose consent it needs, in the mode identified' },
      sends: { value: '<number>', does: 'mails that it goes into (1)' },
      link: { ...LINK, does: 'a registered address; may be given several times' },
    },
    load: async () => (await import('./beacon.ts')).mintMail,
  },
  {
    name: 'beacon import',
    takes: '<file|->',
    does: 'records what recipients decided, from a CSV file',
    flags: { site: SITE },
    load: async () => (await import('./beacon.ts')).importConsents,
  },
  {
    name: 'beacon erase',
    takes: '<id>',
    does: 'erases a recipient, so that nothing leads from them to the ledger',
    flags: { site: SITE },
    load: async () => (await import('./beacon.ts')).eraseRecipient,
  },
  {
    name: 'beacon verify',
    takes: '',
    does: 'finds what was changed or cut off in the ledger of e-mail consents',
    flags: { site: SITE },
    load: async () => (await import('./beacon.ts')).verifyConsents,
  },
]
