const en = {
  lead: 'What you want visitors to reach: a page, or an event that a page tells. What was measured before counts too.',
  none: 'This site has no goals.',
  add: 'Add a goal',
  name: 'Name',
  by: 'It is reached by',
  kinds: { page: 'a page', event: 'an event' },
  page: 'Page',
  pageHint: 'Such as /thanks or /docs/**: a star stands for anything within a folder, two for anything.',
  event: 'Name of the event',
  eventHint: 'As sluice.track() says it.',
  fits: 'Of the last 30 days it fits {values}.',
  fitsNone: 'Nothing of the last 30 days fits it.',
  remove: 'Remove',
  removeOne: 'Remove {name}',
  removeHow: 'What was measured stays; it is not counted as a goal any more.',
}

export type GoalsText = typeof en

const de: GoalsText = {
  lead: 'Was Besucher erreichen sollen: eine Seite oder ein Ereignis, das eine Seite meldet. Auch was schon gemessen wurde, zählt.',
  none: 'Diese Website hat keine Ziele.',
  add: 'Ziel hinzufügen',
  name: 'Name',
  by: 'Erreicht wird es durch',
  kinds: { page: 'eine Seite', event: 'ein Ereignis' },
  page: 'Seite',
  pageHint: 'Etwa /danke oder /docs/**: Ein Stern steht für alles in einem Ordner, zwei für alles.',
  event: 'Name des Ereignisses',
  eventHint: 'Wie sluice.track() es nennt.',
  fits: 'Aus den letzten 30 Tagen passt {values}.',
  fitsNone: 'Aus den letzten 30 Tagen passt nichts.',
  remove: 'Entfernen',
  removeOne: '{name} entfernen',
  removeHow: 'Was gemessen wurde, bleibt; es zählt nur nicht mehr als Ziel.',
}

export const GOALS_TEXT = { en, de }
