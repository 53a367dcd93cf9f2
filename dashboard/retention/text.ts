const en = {
  about:
    'Of the browsers that were here for the first time in a week, how many came back in the weeks after. Browsers that agreed to be measured remember it themselves; nobody is recognised.',
  title: 'Who came back, by week of the first visit',
  cohort: 'First visit',
  size: 'Browsers',
  week: 'Week {n}',
  weekOf: 'Week of {day}',
  as: 'Shown as',
  share: 'Share',
  count: 'Number',
  hidden: 'too few to tell',
  mean: 'All together',
  ahead: 'not yet',
  none: 'Nothing was told of first visits in this period',
  noneHow:
    'It needs visitors who agreed to performance cookies, and at least one whole week. Choose a longer period.',
  cell: '{share}, {count} browsers',
  /** A week that is under way. */
  open: '{value} so far',
  soFar: '{cell}, so far',
  folded:
    'Where fewer than {minimum} came back in a week, it is not told (·), so that nobody can be picked out.',
}

export type RetentionText = typeof en

const de: RetentionText = {
  about:
    'Wie viele der Browser, die in einer Woche zum ersten Mal hier waren, in den Wochen danach wiederkamen. Browser, die der Messung zugestimmt haben, merken es sich selbst; niemand wird wiedererkannt.',
  title: 'Wer wiederkam, nach Woche des ersten Besuchs',
  cohort: 'Erster Besuch',
  size: 'Browser',
  week: 'Woche {n}',
  weekOf: 'Woche ab {day}',
  as: 'Gezeigt als',
  share: 'Anteil',
  count: 'Anzahl',
  hidden: 'zu wenige, um es zu sagen',
  mean: 'Alle zusammen',
  ahead: 'noch nicht',
  none: 'Von ersten Besuchen in diesem Zeitraum wurde nichts berichtet',
  noneHow:
    'Es braucht Besucher, die Statistik-Cookies zugestimmt haben, und mindestens eine ganze Woche. Wählen Sie einen längeren Zeitraum.',
  cell: '{share}, {count} Browser',
  open: 'bisher {value}',
  soFar: '{cell}, bisher',
  folded:
    'Wo in einer Woche weniger als {minimum} wiederkamen, wird es nicht gesagt (·), damit niemand herausgegriffen werden kann.',
}

export const RETENTION_TEXT = { en, de }
