const en = {
  lead: 'Who did what. Each row continues the one before by its hash, and the last one is signed: what is changed or cut off shows.',
  verify: 'Verify it now',
  whole: 'It is as it was written: {rows} rows.',
  broken: 'It is not as it was written:',
  action: 'Action',
  site: 'Site',
  all: 'all',
  time: 'Time',
  actor: 'Who',
  about: 'About',
  reason: 'Reason',
  detail: 'Detail',
  older: 'Older rows',
  none: 'No row fits.',
  table: 'Rows of the audit log, the newest first',
}

export type AuditText = typeof en

const de: AuditText = {
  lead: 'Wer was getan hat. Jede Zeile setzt die vorige durch deren Hash fort, und die letzte ist unterschrieben: Was geändert oder abgeschnitten wird, fällt auf.',
  verify: 'Jetzt prüfen',
  whole: 'Es ist, wie es geschrieben wurde: {rows} Zeilen.',
  broken: 'Es ist nicht, wie es geschrieben wurde:',
  action: 'Handlung',
  site: 'Website',
  all: 'alle',
  time: 'Zeit',
  actor: 'Wer',
  about: 'Worüber',
  reason: 'Grund',
  detail: 'Einzelheiten',
  older: 'Ältere Zeilen',
  none: 'Keine Zeile passt.',
  table: 'Zeilen des Prüfprotokolls, die neueste zuerst',
}

export const AUDIT_TEXT = { en, de }
