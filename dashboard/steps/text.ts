const en = {
  kind: 'Kind of step {n}',
  value: 'Step {n}',
  kinds: {
    page: 'Page',
    event: 'Event',
    goal: 'Goal',
    element: 'Element',
    outbound: 'Link out',
    download: 'Download',
    form: 'Form',
  },
  examples: {
    page: '/pricing or /docs/**',
    event: 'Name of the event',
    goal: 'Choose a goal',
    element: 'button Buy',
    outbound: 'shop.example/**',
    download: '/files/*',
    form: 'newsletter',
  },
}

export type StepsText = typeof en

const de: StepsText = {
  kind: 'Art von Schritt {n}',
  value: 'Schritt {n}',
  kinds: {
    page: 'Seite',
    event: 'Ereignis',
    goal: 'Ziel',
    element: 'Element',
    outbound: 'Link hinaus',
    download: 'Download',
    form: 'Formular',
  },
  examples: {
    page: '/preise oder /docs/**',
    event: 'Name des Ereignisses',
    goal: 'Ziel wählen',
    element: 'button Kaufen',
    outbound: 'shop.example/**',
    download: '/dateien/*',
    form: 'newsletter',
  },
}

export const STEPS_TEXT = { en, de }
