const en = {
  about:
    'What visitors clicked, after consent: elements by the name that the page gives them, links to other sites, downloads and forms.',
  clicks: 'Clicks',
  clickers: 'Visitors who clicked',
  over: 'Clicks over time',
  elements: 'Elements',
  pages: 'Pages with clicks',
  outbound: 'Links to other sites',
  downloads: 'Downloads',
  forms: 'Forms sent',
  times: 'Times',
  nothing: 'No clicks in this period. A site tells them where its script tag says data-events="clicks".',
  none: 'None in this period.',
}

export type ClicksText = typeof en

const de: ClicksText = {
  about:
    'Was Besucher angeklickt haben, nach Einwilligung: Elemente unter dem Namen, den die Seite ihnen gibt, Links zu anderen Websites, Downloads und Formulare.',
  clicks: 'Klicks',
  clickers: 'Besucher, die klickten',
  over: 'Klicks im Lauf der Zeit',
  elements: 'Elemente',
  pages: 'Seiten mit Klicks',
  outbound: 'Links zu anderen Websites',
  downloads: 'Downloads',
  forms: 'Abgeschickte Formulare',
  times: 'Mal',
  nothing:
    'Keine Klicks in diesem Zeitraum. Eine Website meldet sie, wenn ihr Skript-Tag data-events="clicks" enthält.',
  none: 'Nichts in diesem Zeitraum.',
}

export const CLICKS_TEXT = { en, de }
