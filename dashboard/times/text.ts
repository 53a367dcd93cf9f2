const en = {
  about:
    'How busy an hour of a weekday is on average, by the clock of the site. Hours that have not come yet do not count.',
  title: '{metric} by weekday and hour',
  count: 'Count',
  hour: 'Hour',
  weekday: 'Weekday',
  cell: '{average} on average, {sum} in all',
  busiest: 'Busiest: {weekday}, {hour}, with {average} on average.',
}

export type TimesText = typeof en

const de: TimesText = {
  about:
    'Wie viel in einer Stunde eines Wochentags im Mittel los ist, nach der Uhr der Website. Stunden, die noch nicht gekommen sind, zählen nicht.',
  title: '{metric} nach Wochentag und Stunde',
  count: 'Gezählt',
  hour: 'Stunde',
  weekday: 'Wochentag',
  cell: '{average} im Mittel, {sum} insgesamt',
  busiest: 'Am meisten: {weekday}, {hour}, im Mittel {average}.',
}

export const TIMES_TEXT = { en, de }
