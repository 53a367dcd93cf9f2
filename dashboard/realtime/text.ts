const en = {
  about: 'The last half hour, by minute. It looks again every ten seconds while this page is in front.',
  visitors: 'Visitors in the last 30 minutes',
  pageviews: 'Page views in the last 30 minutes',
  events: 'Events in the last 30 minutes',
  byMinute: 'Page views by minute',
  pages: 'Pages now',
  sources: 'Where from now',
  countries: 'Countries now',
  devices: 'Devices now',
  nobody: 'Nobody in the last half hour.',
}

export type RealtimeText = typeof en

const de: RealtimeText = {
  about:
    'Die letzte halbe Stunde, nach Minuten. Solange diese Seite vorn ist, sieht sie alle zehn Sekunden nach.',
  visitors: 'Besucher in den letzten 30 Minuten',
  pageviews: 'Seitenaufrufe in den letzten 30 Minuten',
  events: 'Ereignisse in den letzten 30 Minuten',
  byMinute: 'Seitenaufrufe nach Minuten',
  pages: 'Seiten jetzt',
  sources: 'Herkunft jetzt',
  countries: 'Länder jetzt',
  devices: 'Geräte jetzt',
  nobody: 'Niemand in der letzten halben Stunde.',
}

export const REALTIME_TEXT = { en, de }
