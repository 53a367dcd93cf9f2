import type { ReportLanguage } from '../store/tables.ts'

const en = {
  subject: { weekly: 'Week on {site}: {visitors} visitors', monthly: 'Month on {site}: {visitors} visitors' },
  title: { weekly: 'The week on {site}', monthly: 'The month on {site}' },
  days: '{from} to {to}',
  metrics: {
    visitors: 'Visitors',
    visits: 'Visits',
    pageviews: 'Page views',
    bounceRate: 'Bounce rate',
    visitDuration: 'Time of a visit',
  },
  before: 'before: {value}',
  pages: 'Pages',
  sources: 'Sources',
  countries: 'Countries',
  goals: 'Goals',
  none: 'Nothing was counted.',
  folded: 'fewer than {minimum} each',
  direct: 'direct',
  spike: {
    subject: 'Many page views on {site}',
    sentence:
      '{site} had {count} page views within the last half hour. You asked to be told from {threshold} on.',
  },
  drop: {
    subject: 'Few page views on {site}',
    sentence:
      '{site} had {count} page views within the last 24 hours. You asked to be told below {threshold}.',
  },
  kinds: {
    weekly: 'a report of each week',
    monthly: 'a report of each month',
    spike: 'an alert when there are many page views',
    drop: 'an alert when there are few page views',
  },
  confirm: {
    subject: 'Reports about {site}: do you want them?',
    sentence:
      'Somebody who keeps {site} wants to send you {kind}. Nothing is sent before you say yes, and your address is forgotten after a week if you do not.',
    link: 'Say yes or no',
  },
  foot: 'You get this because you said yes to it.',
  stop: 'Stop it',
  open: 'Open the dashboard',
  page: {
    title: 'Mails about {site}',
    asks: 'Do you want {kind}?',
    has: 'You get {kind}.',
    yes: 'Yes, send it',
    no: 'No, forget my address',
    stop: 'Stop it and forget my address',
    confirmed: 'Thank you. The next one comes to you.',
    stopped: 'It is stopped, and your address is forgotten.',
    gone: 'There is nothing here: it was stopped, or never asked for.',
  },
}

export type ReportText = typeof en

const de: ReportText = {
  subject: {
    weekly: 'Woche auf {site}: {visitors} Besucher',
    monthly: 'Monat auf {site}: {visitors} Besucher',
  },
  title: { weekly: 'Die Woche auf {site}', monthly: 'Der Monat auf {site}' },
  days: '{from} bis {to}',
  metrics: {
    visitors: 'Besucher',
    visits: 'Besuche',
    pageviews: 'Seitenaufrufe',
    bounceRate: 'Absprungrate',
    visitDuration: 'Dauer eines Besuchs',
  },
  before: 'zuvor: {value}',
  pages: 'Seiten',
  sources: 'Quellen',
  countries: 'Länder',
  goals: 'Ziele',
  none: 'Es wurde nichts gezählt.',
  folded: 'je weniger als {minimum}',
  direct: 'direkt',
  spike: {
    subject: 'Viele Seitenaufrufe auf {site}',
    sentence:
      '{site} hatte {count} Seitenaufrufe in der letzten halben Stunde. Sie wollten es ab {threshold} wissen.',
  },
  drop: {
    subject: 'Wenige Seitenaufrufe auf {site}',
    sentence:
      '{site} hatte {count} Seitenaufrufe in den letzten 24 Stunden. Sie wollten es unter {threshold} wissen.',
  },
  kinds: {
    weekly: 'einen Bericht jeder Woche',
    monthly: 'einen Bericht jedes Monats',
    spike: 'einen Hinweis bei vielen Seitenaufrufen',
    drop: 'einen Hinweis bei wenigen Seitenaufrufen',
  },
  confirm: {
    subject: 'Berichte über {site}: Möchten Sie sie?',
    sentence:
      'Jemand, der {site} betreut, möchte Ihnen {kind} schicken. Bevor Sie Ja sagen, wird nichts geschickt; ohne Ja ist Ihre Adresse nach einer Woche vergessen.',
    link: 'Ja oder Nein sagen',
  },
  foot: 'Sie bekommen das, weil Sie Ja dazu gesagt haben.',
  stop: 'Abbestellen',
  open: 'Zahlen öffnen',
  page: {
    title: 'E-Mails über {site}',
    asks: 'Möchten Sie {kind}?',
    has: 'Sie bekommen {kind}.',
    yes: 'Ja, schicken',
    no: 'Nein, Adresse vergessen',
    stop: 'Abbestellen und Adresse vergessen',
    confirmed: 'Danke. Die nächste E-Mail kommt zu Ihnen.',
    stopped: 'Es ist abbestellt, und Ihre Adresse ist vergessen.',
    gone: 'Hier ist nichts: Es wurde abbestellt oder nie verlangt.',
  },
}

export const REPORT_TEXTS: Record<ReportLanguage, ReportText> = { en, de }
