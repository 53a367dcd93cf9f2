const en = {
  lead: 'Hands out what is known of one subject within days, signed, on a legal ground. It is in the audit log before anybody has it.',
  receipt: 'Id of the receipt',
  receiptHint: 'As the visitor holds it. What is erased cannot be disclosed.',
  from: 'From',
  to: 'To',
  dayHint: 'A day in UTC, such as 2026-11-01.',
  basis: 'Legal ground',
  bases: {
    court_order: 'order of a court',
    law_enforcement: 'request of law enforcement',
    regulator: 'request of a regulator',
    data_subject: 'request of the person it is about',
  },
  submit: 'Make the disclosure',
  made: 'The disclosure is made: {rows} rows, {documents} documents.',
  download: 'Download {name}',
}

export type DisclosureText = typeof en

const de: DisclosureText = {
  lead: 'Gibt heraus, was über eine Person innerhalb von Tagen bekannt ist, unterschrieben und auf einer Rechtsgrundlage. Es steht im Prüfprotokoll, bevor jemand es hat.',
  receipt: 'Kennung der Quittung',
  receiptHint: 'Wie der Besucher sie hat. Was gelöscht ist, kann nicht herausgegeben werden.',
  from: 'Von',
  to: 'Bis',
  dayHint: 'Ein Tag in UTC, etwa 2026-11-01.',
  basis: 'Rechtsgrundlage',
  bases: {
    court_order: 'Anordnung eines Gerichts',
    law_enforcement: 'Ersuchen von Strafverfolgern',
    regulator: 'Ersuchen einer Aufsichtsbehörde',
    data_subject: 'Verlangen der Person selbst',
  },
  submit: 'Auskunft erstellen',
  made: 'Die Auskunft ist erstellt: {rows} Zeilen, {documents} Dokumente.',
  download: '{name} herunterladen',
}

export const DISCLOSURE_TEXT = { en, de }
