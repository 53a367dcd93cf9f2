const en = {
  day: 'Day',
  text: 'What happened',
  hint: 'Everybody who signs in to this site reads it. Leave out names, addresses and numbers.',
  add: 'Add note',
  added: 'The note was added.',
  remove: 'Remove',
  removed: 'Removed: {text}',
  notRemoved: 'The note could not be removed. Try again.',
  roles: {
    owner: 'by an owner',
    analyst: 'by an analyst',
    consent_officer: 'by a consent officer',
    sms_operator: 'by an SMS operator',
    auditor: 'by an auditor',
  },
}

const de: typeof en = {
  day: 'Tag',
  text: 'Was geschah',
  hint: 'Alle, die sich bei dieser Website anmelden, lesen es. Ohne Namen, Adressen und Nummern.',
  add: 'Notiz hinzufügen',
  added: 'Die Notiz wurde hinzugefügt.',
  remove: 'Entfernen',
  removed: 'Entfernt: {text}',
  notRemoved: 'Die Notiz konnte nicht entfernt werden. Noch einmal versuchen.',
  roles: {
    owner: 'von jemandem mit der Rolle Eigentümer',
    analyst: 'von jemandem mit der Rolle Analyst',
    consent_officer: 'von jemandem mit der Rolle Einwilligungen',
    sms_operator: 'von jemandem mit der Rolle SMS',
    auditor: 'von jemandem mit der Rolle Prüfer',
  },
}

export const NOTES_TEXT = { en, de }
