/** Texts of the pages that recipients of mails see. */
export interface MailPageTexts {
  title: string
  /** `{site}`: the domain. */
  lead: string
  keeps: string
  button: string
  doneTitle: string
  done: string
  nothingTitle: string
  nothing: string
  linkTitle: string
  link: string
  /** `{controller}`: who sends the mails. */
  contact: string
  languages: string
}

export const MAIL_PAGE_LANGUAGES = ['en', 'de'] as const
export type MailPageLanguage = (typeof MAIL_PAGE_LANGUAGES)[number]

export const MAIL_PAGE_TEXTS: Readonly<Record<MailPageLanguage, MailPageTexts>> = {
  en: {
    title: 'Stop counting what I open',
    lead: '{site} counts whether its mails to you are opened and their links followed, since you allowed it. What is kept says how often, not who.',
    keeps:
      'You can take that back here. It holds for mails that you already have, and you go on getting mails.',
    button: 'Stop counting',
    doneTitle: 'It is stopped',
    done: 'From now on nothing is counted of mails of {site} to you, those that you have included.',
    nothingTitle: 'This link is not complete',
    nothing:
      'Open it from the mail again, without changing it. If that does not help, write to whoever sent the mail.',
    linkTitle: 'This link leads nowhere',
    link: 'It is not complete, or was never in a mail of ours. Open it from the mail again.',
    contact: 'Sent by {controller}.',
    languages: 'Languages',
  },
  de: {
    title: 'Nicht mehr zählen, was ich öffne',
    lead: '{site} zählt, ob Mails an Sie geöffnet und ihre Links angeklickt werden, denn Sie haben es erlaubt. Festgehalten wird, wie oft, und nicht, wer.',
    keeps:
      'Hier nehmen Sie das zurück. Es gilt auch für Mails, die Sie schon haben, und Sie bekommen weiter Mails.',
    button: 'Nicht mehr zählen',
    doneTitle: 'Es wird nicht mehr gezählt',
    done: 'Von nun an wird bei Mails von {site} an Sie nichts mehr gezählt, auch bei denen nicht, die Sie schon haben.',
    nothingTitle: 'Dieser Link ist nicht vollständig',
    nothing:
      'Öffnen Sie ihn noch einmal aus der Mail, ohne ihn zu ändern. Hilft das nicht, schreiben Sie dem Absender.',
    linkTitle: 'Dieser Link führt nirgendwohin',
    link: 'Er ist nicht vollständig oder stand nie in einer Mail von uns. Öffnen Sie ihn noch einmal aus der Mail.',
    contact: 'Gesendet von {controller}.',
    languages: 'Sprachen',
  },
}
