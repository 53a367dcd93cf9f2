import type { NoticeTexts } from '../policy.ts'
import type { OwnTexts } from './own.ts'

export const notice: NoticeTexts = {
  title: 'Ihre Wahl',
  intro:
    '{controller} möchte Daten auf Ihrem Gerät speichern und auslesen für: {purposes} (Dienste: {count}). Sie können ohne Nachteil ablehnen und Ihre Wahl jederzeit ändern.',
  acceptAll: 'Alle annehmen',
  rejectAll: 'Alle ablehnen',
  choose: 'Auswählen',
  reopen: 'Datenschutz-Auswahl',
  dialogTitle: 'Was darf diese Website nutzen?',
  dialogIntro: 'Entscheiden Sie für jeden Zweck. Was Sie nicht erlauben, geschieht nicht.',
  save: 'Auswahl speichern',
  close: 'Ohne Änderung schließen',
  alwaysOn: 'Immer aktiv',
  categories: {
    essential: {
      title: 'Notwendig',
      description:
        'Ohne dies würde die Website nicht funktionieren oder wäre nicht sicher. Auch Ihre Wahl selbst wird hier gespeichert.',
    },
    performance: {
      title: 'Statistik',
      description:
        'Leistung: welche Seiten wie lange besucht werden und welche Fehler auftreten. Wir zählen Summen, keine Personen.',
    },
    functionality: {
      title: 'Einstellungen',
      description: 'Funktion: Die Website merkt sich, was Sie einstellen, zum Beispiel die Sprache.',
    },
    targeting: {
      title: 'Werbung',
      description:
        'Zielgruppen: passende Anzeigen, eine Grenze dafür, wie oft Sie eine sehen, und ob eine Kampagne gewirkt hat.',
    },
  },
  contact: 'Verantwortlich: {controller}. Fragen zu Ihren Daten: {contact}',
  policyLink: 'Datenschutzerklärung',
  declarationLink: 'Cookies und andere Speicher',
  gpcHonoured: 'Ihr Browser sendet Global Privacy Control. Wir beachten es.',
  saved: 'Ihre Wahl ist gespeichert.',
  anonymous:
    'Wir zählen Besuche dieser Website, ohne zu wissen, wer Sie sind. Auf Ihrem Gerät wird dafür nichts gespeichert.',
  object: 'Dieser Statistik widersprechen',
  placeholder: 'Dieser Inhalt kommt von {service}. Er wird nur geladen, wenn Sie es erlauben.',
  placeholderAllow: 'Erlauben und anzeigen',
  receipt: 'Beleg meiner Wahl',
  sent: 'Was diese Seite gesendet hat',
  sentNothing: 'Bisher nichts.',
  sentAnonymous: 'Anonym, ohne eine Wahl',
  table: {
    name: 'Name',
    provider: 'Anbieter',
    purpose: 'Zweck',
    lifetime: 'Speicherdauer',
    kind: 'Art',
    hosts: 'Verbindungen zu',
  },
  kinds: {
    cookie: 'Cookie',
    localStorage: 'Lokaler Speicher',
    sessionStorage: 'Sitzungsspeicher',
    indexedDB: 'Browser-Datenbank (IndexedDB)',
    cache: 'Browser-Cache',
  },
  session: 'Bis der Browser geschlossen wird',
  pages: {
    declarationTitle: 'Cookies und andere Speicher',
    declarationIntro: 'Was {controller} auf Ihrem Gerät speichert und ausliest, wozu und wie lange.',
    choicesTitle: 'Ihre Datenschutz-Auswahl',
    choicesIntro:
      'Entscheiden Sie, was {controller} nutzen darf. Ihre Wahl gilt, wie immer sie ausfällt, {days} lang, und Sie können sie hier jederzeit ändern.',
    undecided: 'Sie haben noch nicht gewählt.',
    decided: 'Sie haben am {day} gewählt. Die Wahl gilt bis zum {until}.',
    allow: 'Erlauben',
    changed:
      'Was diese Website nutzt, hat sich inzwischen geändert. Bitte sehen Sie noch einmal hin; gespeichert wurde nichts.',
    limits:
      'Diese Seite kommt ohne JavaScript aus, und Ihre Wahl gilt sofort. Was Skripte im lokalen Speicher Ihres Browsers hinterlassen haben, löscht die nächste Seite dieser Website, auf der JavaScript läuft.',
    elsewhere:
      'Diese Seite liegt nicht auf {site}. Sie kann daher weder sehen noch ändern, was Ihr Browser für {site} speichert. Öffnen Sie {site} und wählen Sie dort „{reopen}“.',
    retention: 'Aufbewahrung des Erfahrenen',
    nothingStored: 'Speichert nichts auf Ihrem Gerät.',
    revision: 'Fassung {revision}, veröffentlicht am {day}.',
    languages: 'Sprachen',
  },
}

export const own: OwnTexts = {
  consentRecord: {
    name: 'Datenschutz-Auswahl',
    purpose: 'Merkt sich Ihre Wahl, damit Sie nicht auf jeder Seite gefragt werden.',
    items: {
      choice: 'Ihre Wahl, ihr Tag und die Fassung der Richtlinie. Sie nennt niemanden.',
      receipt: 'Nummer des Belegs Ihrer Wahl. Nur gespeichert, solange Sie etwas erlauben.',
      sweep: 'Was bei einem Widerruf zu löschen ist. Nur gespeichert, solange Sie etwas erlauben.',
    },
  },
  statistics: {
    name: 'Besuchsstatistik',
    purpose: 'Zählt Besuche, Seiten, Verweildauer und Fehler. Veröffentlicht werden nur Summen.',
    items: {
      visit: 'Woche Ihres ersten und Zeit Ihres letzten Besuchs. Das nennt niemanden.',
      unsent: 'Was noch nicht gesendet werden konnte, damit die nächste Seite es sendet.',
    },
    retention: 'Einzelne Ereignisse höchstens 25 Monate, danach nur Summen.',
  },
  preferences: {
    name: 'Einstellungen',
    purpose: 'Lässt die Website behalten, was Sie auf ihr einstellen.',
    items: {
      preferences: 'Ihre Einstellungen, etwa Sprache oder Schriftgröße. Sie bleiben auf Ihrem Gerät.',
    },
  },
  campaigns: {
    name: 'Kampagnen',
    purpose:
      'Begrenzt, wie oft Sie eine Anzeige dieser Website sehen, und misst, ob eine Kampagne gewirkt hat.',
    items: {
      ads: 'Welche Kampagnen Sie hergeführt haben und welche Anzeigen Sie sahen. Das bleibt auf Ihrem Gerät.',
      traits: 'Weite Gruppen, in denen Sie gezählt wurden, etwa eine Altersgruppe.',
    },
    retention: 'Summen je Kampagne, ohne jede Verbindung zu Ihnen.',
  },
}
