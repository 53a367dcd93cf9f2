/** By the kinds of the API; of a kind that is not here the server's own words are shown. */
const en = {
  lead: 'What is kept of this site, why, and until when.',
  what: 'What',
  why: 'Why',
  until: 'Until',
  rows: 'Rows',
  oldest: 'Oldest',
  overdue: 'older than it should be',
  kinds: {
    events: [
      'single events',
      'the numbers that are asked for',
      '{days} days after they happened or were imported',
    ],
    rollups: [
      'sums of days',
      'about nobody; answered from when the events are gone',
      '{days} days after they happened',
    ],
    choices: [
      'choices',
      'proof of consent, about nobody',
      'six months after a refusal, three years after a consent has ended',
    ],
    receipts: ['receipts', 'what visitors prove their choice by', 'they are erased, or their proof goes'],
    'choice-sums': ['sums of choices', 'rates of consent, about nobody', 'without end'],
    'grant-sums': ['sums of what was granted', 'rates of consent by category, about nobody', 'without end'],
    'share-links': ['share links', 'who may look without an account', 'without end, ended ones too'],
    notes: ['notes', 'what people know of a day', 'they are removed, or with the site'],
    'drop-sums': [
      'sums of drops',
      'what was not stored as it was sent, about nobody',
      '{days} days after they were counted, or with the site',
    ],
  },
}

export type RetentionText = typeof en

const de: RetentionText = {
  lead: 'Was von dieser Website aufbewahrt wird, warum und bis wann.',
  what: 'Was',
  why: 'Warum',
  until: 'Bis',
  rows: 'Zeilen',
  oldest: 'Älteste',
  overdue: 'älter, als es sein sollte',
  kinds: {
    events: [
      'einzelne Ereignisse',
      'die Zahlen, nach denen gefragt wird',
      '{days} Tage, nachdem sie geschahen oder eingelesen wurden',
    ],
    rollups: [
      'Tagessummen',
      'über niemanden; woraus geantwortet wird, wenn die Ereignisse fort sind',
      '{days} Tage, nachdem sie geschahen',
    ],
    choices: [
      'Entscheidungen',
      'Nachweis der Einwilligung, über niemanden',
      'sechs Monate nach einer Ablehnung, drei Jahre nach dem Ende einer Einwilligung',
    ],
    receipts: [
      'Quittungen',
      'womit Besucher ihre Wahl belegen',
      'sie gelöscht werden oder ihr Nachweis geht',
    ],
    'choice-sums': ['Summen der Entscheidungen', 'Anteile der Einwilligungen, über niemanden', 'ohne Ende'],
    'grant-sums': [
      'Summen des Erlaubten',
      'Anteile der Einwilligungen nach Kategorie, über niemanden',
      'ohne Ende',
    ],
    'share-links': ['geteilte Links', 'wer ohne Konto zusehen darf', 'ohne Ende, auch beendete'],
    notes: ['Notizen', 'was Menschen von einem Tag wissen', 'sie entfernt werden, oder mit der Website'],
    'drop-sums': [
      'Summen des Verworfenen',
      'was nicht gespeichert wurde, wie es kam, über niemanden',
      '{days} Tage nach dem Zählen, oder mit der Website',
    ],
  },
}

export const RETENTION_TEXT = { en, de }
