const en = {
  about:
    'Calls that the site’s own server tells of: how many, how long and what came of them. No number is among it.',
  calls: 'Calls',
  minutes: 'Minutes',
  perCall: '{minutes} a call',
  over: 'Calls over time',
  directions: 'Made and received',
  outcomes: 'What came of them',
  nothing: 'No calls in this period. A server tells of them by POST /events.',
}

export type CallsText = typeof en

const de: CallsText = {
  about:
    'Anrufe, von denen der eigene Server der Website berichtet: wie viele, wie lang und was daraus wurde. Keine Nummer ist dabei.',
  calls: 'Anrufe',
  minutes: 'Minuten',
  perCall: '{minutes} je Anruf',
  over: 'Anrufe im Lauf der Zeit',
  directions: 'Geführt und erhalten',
  outcomes: 'Was daraus wurde',
  nothing: 'Keine Anrufe in diesem Zeitraum. Ein Server berichtet davon mit POST /events.',
}

export const CALLS_TEXT = { en, de }
