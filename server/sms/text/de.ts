import type { PageTexts } from './texts.ts'

export const de: PageTexts = {
  signUp: {
    title: 'SMS von {program}',
    lead: '{seller} sendet diese Nachrichten. Sie erhalten sie nur, wenn Sie sich hier anmelden, und bis Sie STOP sagen.',
    number: 'Mobilnummer',
    numberHint:
      'In den USA oder Kanada, zum Beispiel (201) 555-0123. Sie wird verschlüsselt gespeichert und geht an niemanden außer den Beförderer der Nachrichten.',
    separate:
      'Hier geht es um diese Nachrichten und um nichts anderes. Es gehört zu keiner Bestellung und zu keinen anderen Bedingungen.',
    button: 'Anmelden',
    confirmFirst: 'Eine Nachricht bittet Sie um die Antwort JA. Vorher wird nichts anderes gesendet.',
    fault: 'Noch nicht gesendet',
    tickAgain: 'Setzen Sie auch das Häkchen wieder: Es wird nie für Sie gesetzt.',
    takenTitle: 'Schauen Sie auf Ihr Telefon',
    taken:
      'Wenn diese Nummer für {program} angemeldet werden kann und noch nicht gefragt wurde, erhält sie eine Nachricht: Antworten Sie JA. Ohne Antwort wird nichts mehr gesendet.',
    takenAtOnce:
      'Wenn diese Nummer für {program} angemeldet werden kann, ist sie es jetzt. Antworten Sie STOP auf eine Nachricht, um es zu beenden.',
    faults: {
      'number-missing': 'Schreiben Sie Ihre Mobilnummer.',
      'not-a-number': 'Das ist keine Telefonnummer: Schreiben Sie zehn Ziffern, zum Beispiel (201) 555-0123.',
      extension: 'Diese Nummer hat eine Durchwahl, die keine Nachricht erreicht: Schreiben Sie sie ohne.',
      'short-code':
        'Das ist eine Kurzwahl, die nicht angemeldet werden kann: Schreiben Sie eine Mobilnummer mit zehn Ziffern.',
      'other-country':
        'Diese Nummer ist aus einem anderen Land: Nachrichten gehen nur in die USA und nach Kanada.',
      'area-code':
        'Diese Vorwahl ist nicht in Gebrauch oder kostet Anrufer Geld: Prüfen Sie die ersten drei Ziffern.',
      'box-empty': 'Setzen Sie das Häkchen, wenn Sie zustimmen: Ohne es wird keine Nachricht gesendet.',
      'form-old':
        'Dieses Formular ist einen Tag alt, oder sein Text hat sich geändert: Lesen Sie ihn noch einmal und senden Sie es.',
      'form-unknown': 'Dieses Formular gehört nicht zu dieser Seite: Füllen Sie dieses aus.',
      'too-many':
        'Aus Ihrem Netz kamen zu viele Formulare: Versuchen Sie es in {seconds} Sekunden noch einmal.',
    },
  },
  preferences: {
    title: 'Ihre SMS',
    lead: 'Das sind die Nachrichten an die Nummer {number}. Eine Anmeldung ist nicht nötig.',
    receives: '{program}: Nachrichten werden gesendet.',
    stopped: '{program}: Es werden keine Nachrichten gesendet.',
    nothing: 'An diese Nummer werden keine Nachrichten gesendet.',
    stopOne: '{program} beenden',
    stopAll: 'Alle Nachrichten beenden',
    saved: 'Gespeichert. Ab jetzt wird keine solche Nachricht gesendet; was noch wartete, ist verworfen.',
    back: 'Um sich wieder anzumelden, nutzen Sie das Formular des Programms.',
  },
  controller: 'Verantwortlich: {seller}, erreichbar unter',
  terms: 'Nutzungsbedingungen',
  privacy: 'Datenschutz',
  languages: 'Sprachen',
  version: 'Fassung {version} dieses Textes',
}
