import type { ProgramKind } from '../schema/sms.ts'
import type { Language } from './data/words.ts'

/** What a disclosure says of its program. */
export interface DisclosureFacts {
  readonly name: string
  readonly seller: string
  readonly kind: ProgramKind
  /** At most so many messages within so many days. */
  readonly frequency: { readonly most: number; readonly days: number }
  /** Addresses of the terms and of the privacy notice. */
  readonly terms: string
  readonly privacy: string
}

/**
 * The text beside the box of an opt-in form, with every element that 47 CFR 64.1200(f)(9) and carriers ask for. A
 * program may bring its own words instead; they are held to the same (written-consent.ts).
 */
export function writeDisclosure(facts: DisclosureFacts, language: Language): string {
  const { name, seller, kind, frequency, terms, privacy } = facts
  const { most, days } = frequency
  const words = WORDS[language]
  return [
    words.agree(name, seller, words.kinds[kind]),
    ...(kind === 'marketing' ? [words.noCondition] : []),
    words.frequency(most, days),
    words.rest(terms, privacy),
  ].join(' ')
}

interface Words {
  readonly kinds: Readonly<Record<ProgramKind, string>>
  readonly agree: (name: string, seller: string, messages: string) => string
  readonly noCondition: string
  readonly frequency: (most: number, days: number) => string
  readonly rest: (terms: string, privacy: string) => string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    kinds: {
      service: 'automated notifications about my account and orders',
      support: 'automated support messages',
      survey: 'automated surveys',
      marketing: 'recurring automated marketing messages',
    },
    agree: (name, seller, messages) =>
      `By ticking this box I agree to receive ${messages} of ${name} from ${seller} at the mobile number above.`,
    noCondition: 'Consent is not a condition of any purchase.',
    frequency: (most, days) => `Message frequency: up to ${most} within ${days} days.`,
    rest: (terms, privacy) =>
      `Message and data rates may apply. Reply HELP for help, STOP to opt out at any time. Terms: ${terms} Privacy: ${privacy}`,
  },
  de: {
    kinds: {
      service: 'automatisierte Benachrichtigungen zu meinem Konto und meinen Bestellungen',
      support: 'automatisierte Support-Nachrichten',
      survey: 'automatisierte Umfragen (Survey)',
      marketing: 'wiederkehrende automatisierte Werbung',
    },
    agree: (name, seller, messages) =>
      `Mit diesem Häkchen stimme ich zu, an die Mobilnummer oben per SMS ${messages} zu erhalten: ${name} von ${seller}.`,
    noCondition: 'Die Zustimmung ist keine Bedingung für einen Kauf.',
    frequency: (most, days) => `Häufigkeit: bis zu ${most} Nachrichten in ${days} Tagen.`,
    rest: (terms, privacy) =>
      `Gebühren für Nachrichten und Daten können anfallen. Antworten Sie HILFE für Hilfe, STOP zum Abmelden, jederzeit. Nutzungsbedingungen: ${terms} Datenschutz: ${privacy}`,
  },
  es: {
    kinds: {
      service: 'avisos automatizados sobre mi cuenta y mis pedidos',
      support: 'notificaciones automatizadas de soporte',
      survey: 'notificaciones automatizadas con encuestas',
      marketing: 'mensajes de marketing automatizados y recurrentes',
    },
    agree: (name, seller, messages) =>
      `Al marcar esta casilla acepto recibir en el móvil de arriba ${messages} de ${name}, de ${seller}.`,
    noCondition: 'El consentimiento no es una condición de compra.',
    frequency: (most, days) => `Frecuencia: hasta ${most} mensajes en ${days} días.`,
    rest: (terms, privacy) =>
      `Se pueden aplicar tarifas de mensajes y datos. Responda AYUDA para ayuda, STOP para cancelar en todo momento. Términos: ${terms} Privacidad: ${privacy}`,
  },
  fr: {
    kinds: {
      service: 'des alertes automatisées sur mon compte et mes commandes',
      support: 'des alertes automatisées d’assistance',
      survey: 'des rappels automatisés de sondages',
      marketing: 'des offres de marketing automatisées et récurrentes',
    },
    agree: (name, seller, messages) =>
      `En cochant cette case j’accepte de recevoir au numéro ci-dessus ${messages} de ${name}, de ${seller}.`,
    noCondition: 'Le consentement n’est pas une condition d’achat.',
    frequency: (most, days) => `Fréquence : jusqu’à ${most} messages en ${days} jours.`,
    rest: (terms, privacy) =>
      `Des frais de messages et de données peuvent s’appliquer. Répondez AIDE pour de l’aide, STOP pour vous désabonner à tout moment. Conditions générales : ${terms} Confidentialité : ${privacy}`,
  },
  pt: {
    kinds: {
      service: 'notificações automatizadas sobre a minha conta e os meus pedidos',
      support: 'notificações automatizadas de suporte',
      survey: 'notificações automatizadas com pesquisas',
      marketing: 'mensagens de marketing automatizadas e recorrentes',
    },
    agree: (name, seller, messages) =>
      `Ao marcar esta caixa aceito receber no celular acima ${messages} de ${name}, de ${seller}.`,
    noCondition: 'O consentimento não é uma condição de compra.',
    frequency: (most, days) => `Frequência: até ${most} mensagens em ${days} dias.`,
    rest: (terms, privacy) =>
      `Podem ser cobradas taxas de mensagens e dados. Responda AJUDA para ajuda, STOP para cancelar a qualquer momento. Termos: ${terms} Privacidade: ${privacy}`,
  },
}
