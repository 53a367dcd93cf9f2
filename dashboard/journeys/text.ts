const en = {
  about:
    'Which pages visits saw next, or before. A visit is followed from the first time it took the step; click a page to go on from there.',
  title: 'From {step}',
  titleTo: 'To {step}',
  direction: 'Direction',
  from: 'Where visits go from',
  to: 'Where visits come from to',
  depth: 'How far',
  depths: { 1: 'One page', 2: 'Two pages', 3: 'Three pages' },
  other: 'other pages',
  ended: 'visit ended',
  began: 'visit began',
  follow: 'Follow from {page}, {visits} visits',
  visits: '{visits} visits',
  none: 'No visit took this step in this period',
  noneHow: 'Choose another step above, or a longer period.',
  choose: 'Choose a step to follow visits from',
  chooseHow:
    'A page, an event or something that was pressed: type it above, what the site has seen is offered.',
  step: 'Step',
  source: 'From',
  target: 'To',
  count: 'Visits',
  share: 'Share',
  table: 'Ways of visits',
  folded:
    'Ways that fewer than {minimum} visitors took on a day are among the other pages, so that nobody can be picked out.',
}

export type JourneysText = typeof en

const de: JourneysText = {
  about:
    'Welche Seiten Besuche danach sahen oder davor. Ein Besuch wird von dem ersten Mal an verfolgt, da er den Schritt tat; ein Klick auf eine Seite führt von dort weiter.',
  title: 'Von {step}',
  titleTo: 'Zu {step}',
  direction: 'Richtung',
  from: 'Wohin Besuche gehen, von',
  to: 'Woher Besuche kommen, zu',
  depth: 'Wie weit',
  depths: { 1: 'Eine Seite', 2: 'Zwei Seiten', 3: 'Drei Seiten' },
  other: 'andere Seiten',
  ended: 'Besuch zu Ende',
  began: 'Besuch begann',
  follow: 'Von {page} aus weiter, {visits} Besuche',
  visits: '{visits} Besuche',
  none: 'In diesem Zeitraum tat kein Besuch diesen Schritt',
  noneHow: 'Wählen Sie oben einen anderen Schritt oder einen längeren Zeitraum.',
  choose: 'Wählen Sie einen Schritt, von dem aus Besuche verfolgt werden',
  chooseHow:
    'Eine Seite, ein Ereignis oder etwas, das gedrückt wurde: Geben Sie es oben ein; was die Website kennt, wird angeboten.',
  step: 'Schritt',
  source: 'Von',
  target: 'Zu',
  count: 'Besuche',
  share: 'Anteil',
  table: 'Wege von Besuchen',
  folded:
    'Wege, die an einem Tag weniger als {minimum} Besucher nahmen, sind unter den anderen Seiten, damit niemand herausgegriffen werden kann.',
}

export const JOURNEYS_TEXT = { en, de }
