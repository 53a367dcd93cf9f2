const en = {
  earlier: 'Earlier month',
  later: 'Later month',
  chooseFirst: 'Choose the first day.',
  chooseLast: 'From {day}. Choose the last day.',
}

export type CalendarText = typeof en

const de: CalendarText = {
  earlier: 'Früherer Monat',
  later: 'Späterer Monat',
  chooseFirst: 'Wählen Sie den ersten Tag.',
  chooseLast: 'Ab {day}. Wählen Sie den letzten Tag.',
}

export const CALENDAR_TEXT = { en, de }
