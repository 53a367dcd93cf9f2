const en = {
  about:
    'Errors that scripts threw on visitors’ pages, after consent. What a message holds of anybody is taken out before it is stored.',
  errors: 'Errors',
  affected: 'Visitors who met one',
  share: '{share} of all visitors',
  over: 'Errors over time',
  messages: 'Messages',
  pages: 'Pages with errors',
  browsers: 'Browsers',
  devices: 'Devices',
  networks: 'Network operators',
  times: 'Times',
  nothing: 'No errors in this period. That is good news.',
}

export type ErrorsText = typeof en

const de: ErrorsText = {
  about:
    'Fehler von Skripten auf den Seiten der Besucher, nach Einwilligung. Was eine Meldung von jemandem enthält, wird vor dem Speichern entfernt.',
  errors: 'Fehler',
  affected: 'Besucher, die einen hatten',
  share: '{share} aller Besucher',
  over: 'Fehler im Lauf der Zeit',
  messages: 'Meldungen',
  pages: 'Seiten mit Fehlern',
  browsers: 'Browser',
  devices: 'Geräte',
  networks: 'Netzbetreiber',
  times: 'Mal',
  nothing: 'Keine Fehler in diesem Zeitraum. Das ist eine gute Nachricht.',
}

export const ERRORS_TEXT = { en, de }
