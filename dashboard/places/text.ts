const en = {
  about: 'Where visitors were, as far as the address told. It is looked up here and then gone.',
  title: 'Visitors by country',
  range: '{from} to {to}',
  none: 'none',
  country: '{country}: {visitors} visitors',
  elsewhere:
    '{visitors} visitors were in places that are too small for the map, or not known; the table has them.',
  folded:
    'Countries with fewer than {minimum} visitors on a day may be missing, so that nobody can be picked out.',
}

export type PlacesText = typeof en

const de: PlacesText = {
  about: 'Wo Besucher waren, soweit die Adresse es sagte. Sie wird hier nachgeschlagen und ist dann weg.',
  title: 'Besucher nach Land',
  range: '{from} bis {to}',
  none: 'keine',
  country: '{country}: {visitors} Besucher',
  elsewhere:
    '{visitors} Besucher waren an Orten, die für die Karte zu klein oder nicht bekannt sind; die Tabelle nennt sie.',
  folded:
    'Länder mit weniger als {minimum} Besuchern an einem Tag können fehlen, damit niemand herausgegriffen werden kann.',
}

export const PLACES_TEXT = { en, de }
