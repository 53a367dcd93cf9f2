const en = {
  about:
    'How pages felt in visitors’ browsers, after consent. A vital is judged by what three visitors of four had or better (75th percentile).',
  vitals: 'Web vitals',
  vital: 'Vital',
  three: '3 of 4 had',
  half: 'Half had',
  most: '95 of 100 had',
  verdict: 'Verdict',
  spread: 'From half to 95 of 100',
  verdicts: { good: 'good', middling: 'needs work', poor: 'poor' },
  names: {
    LCP: 'largest content shown',
    INP: 'answer to a tap or key',
    CLS: 'layout shift',
    FCP: 'first content shown',
    TTFB: 'first byte of the page',
  },
  bounds: 'Good up to {good}, poor beyond {poor}.',
  over: '{vital} over time, 75th percentile',
  pages: '{vital} by page',
  devices: '{vital} by device',
  browsers: '{vital} by browser',
  networks: '{vital} by network operator, slowest first',
  nothing:
    'No web vitals were told in this period. Pages tell them once a visitor has agreed to performance.',
}

export type VitalsText = typeof en

const de: VitalsText = {
  about:
    'Wie sich Seiten in den Browsern der Besucher anfühlten, nach Einwilligung. Beurteilt wird, was drei von vier Besuchern hatten oder besser (75. Perzentil).',
  vitals: 'Web Vitals',
  vital: 'Wert',
  three: '3 von 4 hatten',
  half: 'Die Hälfte hatte',
  most: '95 von 100 hatten',
  verdict: 'Urteil',
  spread: 'Von der Hälfte bis 95 von 100',
  verdicts: { good: 'gut', middling: 'verbesserbar', poor: 'schlecht' },
  names: {
    LCP: 'größter Inhalt sichtbar',
    INP: 'Antwort auf Tippen oder Taste',
    CLS: 'Verschiebung des Layouts',
    FCP: 'erster Inhalt sichtbar',
    TTFB: 'erstes Byte der Seite',
  },
  bounds: 'Gut bis {good}, schlecht ab {poor}.',
  over: '{vital} im Lauf der Zeit, 75. Perzentil',
  pages: '{vital} nach Seite',
  devices: '{vital} nach Gerät',
  browsers: '{vital} nach Browser',
  networks: '{vital} nach Netzbetreiber, langsamste zuerst',
  nothing:
    'In diesem Zeitraum wurden keine Web Vitals gemeldet. Seiten melden sie, sobald ein Besucher der Leistungsmessung zugestimmt hat.',
}

export const VITALS_TEXT = { en, de }
