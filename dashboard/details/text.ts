const en = {
  of: 'List of',
  page: 'Rows {first} to {last} of {count}',
  before: 'Back',
  next: 'Next',
  pages: 'Pages of the list',
  nothing: 'Nothing on the list holds “{search}”.',
}

export type DetailsText = typeof en

const de: DetailsText = {
  of: 'Liste von',
  page: 'Zeilen {first} bis {last} von {count}',
  before: 'Zurück',
  next: 'Weiter',
  pages: 'Seiten der Liste',
  nothing: 'Nichts auf der Liste enthält „{search}“.',
}

export const DETAILS_TEXT = { en, de }
