import type { NoticeTexts } from '../policy.ts'
import type { OwnTexts } from './own.ts'

export const notice: NoticeTexts = {
  title: 'Your choice',
  intro:
    '{controller} would like to keep and read data on your device for: {purposes} (services: {count}). You can refuse without any disadvantage, and change your mind at any time.',
  acceptAll: 'Accept all',
  rejectAll: 'Reject all',
  choose: 'Choose',
  reopen: 'Privacy choices',
  dialogTitle: 'What may this site use?',
  dialogIntro: 'Decide for each purpose. What you do not allow does not happen.',
  save: 'Save my choice',
  close: 'Close without changes',
  alwaysOn: 'Always on',
  categories: {
    essential: {
      title: 'Essential',
      description: 'Without it the site would not work or not be safe. Your choice itself is kept here.',
    },
    performance: {
      title: 'Statistics',
      description:
        'Performance: which pages are visited, for how long, and which errors occur. We count sums, not persons.',
    },
    functionality: {
      title: 'Preferences',
      description: 'Functionality: the site remembers what you set, such as the language.',
    },
    targeting: {
      title: 'Advertising',
      description:
        'Targeting: relevant ads, a limit to how often you see one, and whether a campaign had an effect.',
    },
  },
  contact: 'Responsible: {controller}. Questions about your data: {contact}',
  policyLink: 'Privacy policy',
  declarationLink: 'Cookies and other storage',
  gpcHonoured: 'Your browser sends Global Privacy Control. We honour it.',
  saved: 'Your choice is saved.',
  anonymous:
    'We count visits to this site without knowing who you are. Nothing is kept on your device for that.',
  object: 'Object to these statistics',
  placeholder: 'This content comes from {service}. It loads only if you allow it.',
  placeholderAllow: 'Allow and show',
  receipt: 'Receipt of my choice',
  sent: 'What this page sent',
  sentNothing: 'Nothing yet.',
  sentAnonymous: 'Anonymous, without a choice',
  table: {
    name: 'Name',
    provider: 'Provider',
    purpose: 'Purpose',
    lifetime: 'Kept for',
    kind: 'Kind',
    hosts: 'Hosts it talks to',
  },
  kinds: {
    cookie: 'Cookie',
    localStorage: 'Local storage',
    sessionStorage: 'Session storage',
    indexedDB: 'Browser database (IndexedDB)',
    cache: 'Browser cache',
  },
  session: 'Until the browser closes',
  pages: {
    declarationTitle: 'Cookies and other storage',
    declarationIntro: 'What {controller} keeps on your device and reads from it, why, and for how long.',
    choicesTitle: 'Your privacy choices',
    choicesIntro:
      'Decide what {controller} may use. Your choice holds for {days}, whatever it is, and you can change it here at any time.',
    undecided: 'You have not chosen yet.',
    decided: 'You chose on {day}. The choice holds until {until}.',
    allow: 'Allow',
    changed: 'What this site uses has changed meanwhile. Please look again; nothing has been saved.',
    limits:
      'This page works without JavaScript, and your choice holds at once. What scripts left in the local storage of your browser is cleared by the next page of this site on which JavaScript runs.',
    elsewhere:
      'This page is not on {site}, so it can neither see nor change what your browser keeps for {site}. To choose, open {site} and use “{reopen}” there.',
    retention: 'What is learned is kept for',
    nothingStored: 'Keeps nothing on your device.',
    revision: 'Revision {revision}, published on {day}.',
    languages: 'Languages',
  },
}

export const own: OwnTexts = {
  consentRecord: {
    name: 'Privacy choice',
    purpose: 'Remembers what you chose, so that you are not asked on every page.',
    items: {
      choice: 'Your choice, its day and the revision of the policy. It names nobody.',
      receipt: 'Number of the receipt of your choice. Kept only while you allow something.',
      sweep: 'What is to be cleared when you withdraw. Kept only while you allow something.',
    },
  },
  statistics: {
    name: 'Visitor statistics',
    purpose: 'Counts visits, pages, time on the site and errors. Only sums are published.',
    items: {
      visit: 'Week of your first visit and time of your last. It names nobody.',
      unsent: 'What could not be sent yet, for the next page to send.',
    },
    retention: 'Single events for up to 25 months, then only sums.',
  },
  preferences: {
    name: 'Preferences',
    purpose: 'Lets the site remember what you set on it.',
    items: { preferences: 'What you set, such as language or font size. It stays on your device.' },
  },
  campaigns: {
    name: 'Campaigns',
    purpose: 'Limits how often you see an ad of this site and measures whether a campaign had an effect.',
    items: {
      ads: 'Which campaigns brought you here and which ads you saw. It stays on your device.',
      traits: 'Wide groups you were counted in, such as an age band.',
    },
    retention: 'Sums by campaign, without any link to you.',
  },
}
