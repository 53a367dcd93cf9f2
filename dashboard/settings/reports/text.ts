const en = {
  lead: 'Reports and alerts by e-mail. Each recipient is asked first, ends it by one click, and is forgotten then; the numbers are folded like everywhere.',
  cannotSend:
    'This server has no mail server to send by: set SLUICE_SMTP_URL and SLUICE_MAIL_FROM, and start it again.',
  none: 'Nothing is sent about this site.',
  make: 'Make a report or an alert',
  kind: 'What is sent',
  kinds: {
    weekly: 'A report of each week, on Monday morning',
    monthly: 'A report of each month, on its first morning',
    spike: 'An alert when there are many page views',
    drop: 'An alert when there are few page views',
  },
  threshold: {
    spike: 'From so many page views within half an hour',
    drop: 'Below so many page views within 24 hours',
  },
  language: 'Language of the mails',
  languages: { en: 'English', de: 'German' },
  recipients: 'Recipients',
  recipientsHint: 'E-mail addresses with a space between them, 20 at most.',
  newRecipient: 'Add a recipient',
  newRecipientHint: 'One e-mail address. It is asked first; the others notice nothing.',
  ask: 'Ask them',
  unasked:
    'The mail server did not take the question, so nobody was asked: look at SLUICE_SMTP_URL. It is asked again for a week.',
  nobody: 'Nobody gets it: its recipients have stopped it, or never said yes.',
  removeRecipient: 'Remove this recipient',
  removeRecipientHow: 'Nothing more is sent to this address, and it is forgotten. The others go on.',
  created: 'Made',
  told: 'Last told',
  limit: 'Page views',
  confirmed: 'said yes',
  asked: 'was asked',
  notAsked: 'could not be asked yet',
  sent: 'last: {days}',
  preview: 'Preview',
  previewOf: 'The mail as it would be sent now',
  remove: 'Remove',
  removeHow: 'Nothing more is sent, and its recipients are forgotten.',
}

export type ReportsText = typeof en

const de: ReportsText = {
  lead: 'Berichte und Hinweise per E-Mail. Wer sie bekommt, wird erst gefragt, beendet sie mit einem Klick und ist dann vergessen; die Zahlen sind zusammengefasst wie überall.',
  cannotSend:
    'Dieser Server hat keinen Mailserver: Setzen Sie SLUICE_SMTP_URL und SLUICE_MAIL_FROM und starten Sie ihn neu.',
  none: 'Über diese Website wird nichts verschickt.',
  make: 'Bericht oder Hinweis erstellen',
  kind: 'Was verschickt wird',
  kinds: {
    weekly: 'Ein Bericht jeder Woche, am Montagmorgen',
    monthly: 'Ein Bericht jedes Monats, am Morgen des Ersten',
    spike: 'Ein Hinweis bei vielen Seitenaufrufen',
    drop: 'Ein Hinweis bei wenigen Seitenaufrufen',
  },
  threshold: {
    spike: 'Ab so vielen Seitenaufrufen in einer halben Stunde',
    drop: 'Unter so vielen Seitenaufrufen in 24 Stunden',
  },
  language: 'Sprache der E-Mails',
  languages: { en: 'Englisch', de: 'Deutsch' },
  recipients: 'Empfänger',
  recipientsHint: 'E-Mail-Adressen mit Leerzeichen dazwischen, höchstens 20.',
  newRecipient: 'Empfänger hinzufügen',
  newRecipientHint: 'Eine E-Mail-Adresse. Sie wird erst gefragt; die anderen merken nichts davon.',
  ask: 'Fragen',
  unasked:
    'Der Mailserver hat die Frage nicht angenommen, also wurde niemand gefragt: Prüfen Sie SLUICE_SMTP_URL. Eine Woche lang wird wieder gefragt.',
  nobody: 'Niemand bekommt es: Es wurde abbestellt, oder niemand hat Ja gesagt.',
  removeRecipient: 'Diesen Empfänger entfernen',
  removeRecipientHow:
    'An diese Adresse wird nichts mehr geschickt, und sie ist vergessen. Für die anderen geht es weiter.',
  created: 'Erstellt',
  told: 'Zuletzt gemeldet',
  limit: 'Seitenaufrufe',
  confirmed: 'hat Ja gesagt',
  asked: 'wurde gefragt',
  notAsked: 'konnte noch nicht gefragt werden',
  sent: 'zuletzt: {days}',
  preview: 'Vorschau',
  previewOf: 'Die E-Mail, wie sie jetzt verschickt würde',
  remove: 'Entfernen',
  removeHow: 'Es wird nichts mehr verschickt, und die Empfänger sind vergessen.',
}

export const REPORTS_TEXT = { en, de }
