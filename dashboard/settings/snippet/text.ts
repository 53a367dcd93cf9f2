const en = {
  how: 'Put this line into the head of every page. It is the only one there is; everything else is set here.',
  tag: 'The line for your pages',
  copy: 'Copy the line',
  copied: 'Copied.',
  hash: 'The part after # names the page (pages of applications)',
  exclude: 'Pages that are not measured',
  excludeHint:
    'Globs with commas between them, such as /account/**, /draft-*. Leave it empty to measure all.',
  installed: 'Is it installed?',
  states: {
    asking: 'Looking …',
    now: 'Yes: a page view arrived within the last half hour.',
    before: 'It was: page views have arrived, the last of them more than half an hour ago.',
    asked:
      'The line is on your pages and asks visitors for their choice. No page view has arrived yet: this site measures once somebody agrees.',
    nothing: 'Nothing has arrived yet. This page looks again every ten seconds.',
  },
  todo: 'What to look at',
  steps: {
    visit:
      'Open a page of {site} in a private window, and agree where you are asked. It takes some five seconds.',
    host: 'The page has to be at {site} itself; for pages of subdomains switch that on under “Site”.',
    blocker: 'Blockers in your browser may stop the script: try without them.',
    policy: 'A Content-Security-Policy of your own must allow this host in script-src and connect-src.',
    signal: 'A browser that sends Global Privacy Control is not measured where the policy says so.',
  },
}

export type SnippetText = typeof en

const de: SnippetText = {
  how: 'Setzen Sie diese Zeile in den Kopf jeder Seite. Mehr braucht es nicht; alles Übrige wird hier eingestellt.',
  tag: 'Die Zeile für Ihre Seiten',
  copy: 'Zeile kopieren',
  copied: 'Kopiert.',
  hash: 'Der Teil nach # benennt die Seite (Seiten von Anwendungen)',
  exclude: 'Seiten, die nicht gemessen werden',
  excludeHint: 'Muster mit Kommas dazwischen, etwa /account/**, /draft-*. Leer, um alle zu messen.',
  installed: 'Ist sie eingebaut?',
  states: {
    asking: 'Es wird nachgesehen …',
    now: 'Ja: In der letzten halben Stunde ist ein Seitenaufruf angekommen.',
    before: 'Sie war es: Seitenaufrufe sind angekommen, der letzte vor mehr als einer halben Stunde.',
    asked:
      'Die Zeile steht auf Ihren Seiten und fragt Besucher nach ihrer Wahl. Noch kam kein Seitenaufruf an: Diese Website misst, sobald jemand zustimmt.',
    nothing: 'Noch ist nichts angekommen. Diese Seite sieht alle zehn Sekunden wieder nach.',
  },
  todo: 'Was Sie nachsehen können',
  steps: {
    visit:
      'Öffnen Sie eine Seite von {site} in einem privaten Fenster und stimmen Sie zu, wo Sie gefragt werden. Es dauert etwa fünf Sekunden.',
    host: 'Die Seite muss unter {site} selbst liegen; für Seiten von Subdomains schalten Sie das unter „Website“ ein.',
    blocker: 'Blocker in Ihrem Browser können das Skript aufhalten: Versuchen Sie es ohne sie.',
    policy: 'Eine eigene Content-Security-Policy muss diesen Host in script-src und connect-src erlauben.',
    signal:
      'Ein Browser, der Global Privacy Control sendet, wird nicht gemessen, wo die Richtlinie es so sagt.',
  },
}

export const SNIPPET_TEXT = { en, de }
