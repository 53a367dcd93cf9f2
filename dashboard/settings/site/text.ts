const en = {
  timezone: 'Time zone',
  timezoneHint:
    'Days begin at its midnight. A change holds from the next day on; days that are over keep theirs.',
  next: 'From {time} on it is {timezone}.',
  preConsent: 'Before a visitor has chosen',
  modes: {
    none: 'measure nothing',
    anonymous: 'count page views anonymously',
    auto: 'by the law of the visitor’s country',
  },
  subdomains: 'Pages of subdomains count for this site too',
  eventWindow: 'Days that single events are kept',
  eventWindowHint: '2 to 762. Sums of days are kept for 25 months at least, whatever stands here.',
  minimumGroup: 'Fewest visitors that a group must have to be shown',
  minimumGroupHint: '1 to 100. Smaller groups are folded into one.',
  scope: 'What is folded',
  scopes: {
    close: 'what comes close to a person: places, networks, versions, properties, several filters',
    all: 'everything but plain totals',
  },
  properties: 'Properties of events that are kept',
  propertiesHint:
    'Names with a space between them, such as plan size. What is called like somebody’s data is refused.',
  save: 'Save',
  saved: 'Saved.',
  added: 'Added',
  warnings: {
    minimumGroup: 'Smaller groups are shown from now on: an answer can be about fewer visitors than before.',
    one: 'With a group of 1 nothing is folded: an answer can be about one visitor.',
    minimumGroupScope: 'Fewer answers are folded from now on.',
    preConsent:
      'More is measured before visitors have chosen. Whether you may is for you to know: look at the law where they are.',
    eventWindowDays: 'Single events are kept for longer. Say so in your policy.',
  },
  weaker: 'This protects visitors less than before, so it takes a reason and a fresh second factor.',
  locked: 'You may look at these settings, and an owner changes them.',
}

export type SiteText = typeof en

const de: SiteText = {
  timezone: 'Zeitzone',
  timezoneHint:
    'Tage beginnen um Mitternacht in ihr. Eine Änderung gilt ab dem nächsten Tag; vergangene Tage behalten ihre.',
  next: 'Ab {time} gilt {timezone}.',
  preConsent: 'Bevor jemand gewählt hat',
  modes: {
    none: 'nichts messen',
    anonymous: 'Seitenaufrufe anonym zählen',
    auto: 'nach dem Recht des Landes der Besucher',
  },
  subdomains: 'Seiten von Subdomains zählen auch für diese Website',
  eventWindow: 'Tage, die einzelne Ereignisse aufbewahrt werden',
  eventWindowHint: '2 bis 762. Tagessummen bleiben mindestens 25 Monate, was immer hier steht.',
  minimumGroup: 'Wenigste Besucher, die eine gezeigte Gruppe haben muss',
  minimumGroupHint: '1 bis 100. Kleinere Gruppen werden zu einer zusammengefasst.',
  scope: 'Was zusammengefasst wird',
  scopes: {
    close: 'was einer Person nahe kommt: Orte, Netze, Versionen, Eigenschaften, mehrere Filter',
    all: 'alles außer bloßen Summen',
  },
  properties: 'Eigenschaften von Ereignissen, die aufbewahrt werden',
  propertiesHint:
    'Namen mit Leerzeichen dazwischen, etwa plan size. Was wie jemandes Daten heißt, wird abgelehnt.',
  save: 'Speichern',
  saved: 'Gespeichert.',
  added: 'Hinzugefügt',
  warnings: {
    minimumGroup:
      'Von nun an werden kleinere Gruppen gezeigt: Eine Antwort kann von weniger Besuchern handeln als zuvor.',
    one: 'Mit einer Gruppe von 1 wird nichts zusammengefasst: Eine Antwort kann von einer einzigen Person handeln.',
    minimumGroupScope: 'Von nun an werden weniger Antworten zusammengefasst.',
    preConsent:
      'Es wird mehr gemessen, bevor jemand gewählt hat. Ob Sie das dürfen, müssen Sie wissen: Sehen Sie nach, was dort gilt.',
    eventWindowDays: 'Einzelne Ereignisse bleiben länger. Sagen Sie das in Ihrer Richtlinie.',
  },
  weaker:
    'Das schützt Besucher weniger als zuvor und braucht deshalb einen Grund und einen frischen zweiten Faktor.',
  locked: 'Sie dürfen diese Einstellungen ansehen; ändern kann sie ein Inhaber.',
}

export const SITE_TEXT = { en, de }
