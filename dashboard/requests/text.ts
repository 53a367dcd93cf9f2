const en = {
  about:
    'Requests as the site’s own server answered them, from access logs or told as they happen. Addresses are read for country and network and then gone.',
  requests: 'Requests',
  failed: 'Answered with an error',
  share: '{share} of all requests',
  over: 'Requests over time',
  statuses: 'Answers',
  pages: 'Pages asked for',
  faulty: 'Pages with errors',
  browsers: 'Browsers that asked',
  nothing:
    'No requests in this period. sluice import reads access logs, POST /logs takes them as they happen.',
  none: 'No errors in this period.',
  slow: 'Slowest network operators',
  three: 'Three in four within',
  untimed: 'No request of this period says how long it took: POST /logs takes a duration.',
  faultyNetworks: 'Network operators with errors',
  bursts: 'Bursts of probing',
  burstsAbout:
    'Hours in which one network operator’s requests were refused, failed or looked for weak places {least} times or more, over the whole site. No address is kept, so none is told.',
  noBursts: 'No such hour in this period.',
  network: 'Network operator',
  probes: 'Probed',
  refused: 'Refused',
  limited: 'Slowed',
  broken: 'Failed',
}

export type RequestsText = typeof en

const de: RequestsText = {
  about:
    'Anfragen, wie der eigene Server der Website sie beantwortet hat, aus Zugriffsprotokollen oder laufend gemeldet. Adressen werden für Land und Netz gelesen und sind dann weg.',
  requests: 'Anfragen',
  failed: 'Mit einem Fehler beantwortet',
  share: '{share} aller Anfragen',
  over: 'Anfragen im Lauf der Zeit',
  statuses: 'Antworten',
  pages: 'Gefragte Seiten',
  faulty: 'Seiten mit Fehlern',
  browsers: 'Browser, die fragten',
  nothing:
    'Keine Anfragen in diesem Zeitraum. sluice import liest Zugriffsprotokolle, POST /logs nimmt sie laufend.',
  none: 'Keine Fehler in diesem Zeitraum.',
  slow: 'Langsamste Netzbetreiber',
  three: 'Drei von vier in',
  untimed: 'Keine Anfrage dieses Zeitraums sagt, wie lange sie dauerte: POST /logs nimmt eine Dauer.',
  faultyNetworks: 'Netzbetreiber mit Fehlern',
  bursts: 'Häufungen von Angriffsversuchen',
  burstsAbout:
    'Stunden, in denen Anfragen eines Netzbetreibers {least}-mal oder öfter abgewiesen wurden, scheiterten oder nach Schwachstellen suchten, auf der ganzen Website. Keine Adresse wird behalten, also auch keine gezeigt.',
  noBursts: 'Keine solche Stunde in diesem Zeitraum.',
  network: 'Netzbetreiber',
  probes: 'Gesucht',
  refused: 'Abgewiesen',
  limited: 'Gebremst',
  broken: 'Gescheitert',
}

export const REQUESTS_TEXT = { en, de }
