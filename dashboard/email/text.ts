const en = {
  about:
    'Mails that went out, and how often the pictures in them were fetched: of recipients who consented, or of a whole campaign without any recipient. Much of it is machines, which are told apart.',
  sends: 'Mails sent',
  human: 'Likely opened by people',
  ofSends: '{share} of mails sent',
  machine: 'Fetched by machines',
  ofFetches: '{share} of all fetches',
  follows: 'Links followed',
  over: 'Likely opened by people, over time',
  campaigns: 'Campaigns',
  campaign: 'Campaign',
  sent: 'Sent',
  links: 'Links',
  opened: 'People',
  rate: 'Rate',
  fetches: 'Fetches',
  verdicts: 'Who fetched',
  verdict: 'Verdict',
  share: 'Share',
  names: {
    human: 'A mail program or browser',
    proxy: 'A provider’s cache, for a reader',
    prefetch: 'A provider, whether read or not',
    scanner: 'A filter, preview or script',
    unknown: 'Nothing tells',
  },
  nothing: 'No mails in this period. sluice email, or POST /api/beacons, makes their pictures.',
}

export type EmailText = typeof en

const de: EmailText = {
  about:
    'Verschickte Mails, und wie oft die Bilder darin abgerufen wurden: von Empfängern, die eingewilligt haben, oder von einer ganzen Kampagne ohne Empfänger. Vieles davon sind Maschinen, die unterschieden werden.',
  sends: 'Verschickte Mails',
  human: 'Wohl von Menschen geöffnet',
  ofSends: '{share} der verschickten Mails',
  machine: 'Von Maschinen abgerufen',
  ofFetches: '{share} aller Abrufe',
  follows: 'Gefolgte Links',
  over: 'Wohl von Menschen geöffnet, im Lauf der Zeit',
  campaigns: 'Kampagnen',
  campaign: 'Kampagne',
  sent: 'Mails',
  links: 'Links',
  opened: 'Leser',
  rate: 'Quote',
  fetches: 'Abrufe',
  verdicts: 'Wer abrief',
  verdict: 'Urteil',
  share: 'Anteil',
  names: {
    human: 'Ein Mailprogramm oder Browser',
    proxy: 'Ein Anbieter, für jemanden, der liest',
    prefetch: 'Ein Anbieter, gelesen oder nicht',
    scanner: 'Ein Filter, eine Vorschau, ein Skript',
    unknown: 'Nichts verrät es',
  },
  nothing: 'Keine Mails in diesem Zeitraum. sluice email oder POST /api/beacons macht ihre Bilder.',
}

export const EMAIL_TEXT = { en, de }
