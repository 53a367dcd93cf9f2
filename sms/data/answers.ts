import type { Program, ProgramSettings } from '../program.ts'
import type { Language } from './words.ts'

/**
 * What is sent to somebody who has written, or has signed up a moment ago. CTIA Messaging Principles
 * 5.1.2 and 5.1.3 say what must be in them; 47 CFR 64.1200(a)(12) says that a confirmed opt-out advertises nothing.
 */
export interface Answers {
  /** Asks for a YES. */
  readonly request: (program: Program, settings: ProgramSettings) => string
  /** After YES and START. */
  readonly welcome: (program: Program, settings: ProgramSettings) => string
  readonly help: (program: Program, settings: ProgramSettings) => string
  /** @param of seller or program, as far as the opt-out reaches; undefined: everything */
  readonly optedOut: (of: string | undefined) => string
}

export const ANSWERS: Readonly<Record<Language, Answers>> = {
  en: {
    request: ({ name, seller, frequency }) =>
      `${seller}: reply YES to get ${name}, up to ${frequency.most} msgs in ${frequency.days} days. Msg & data rates may apply. Reply HELP for help. Reply STOP to opt out.`,
    welcome: ({ name, seller, frequency }) =>
      `${seller}: you are signed up for ${name}, up to ${frequency.most} msgs in ${frequency.days} days. Msg & data rates may apply. Reply HELP for help. Reply STOP to opt out.`,
    help: ({ name, seller, frequency }, { contact }) =>
      `${name} by ${seller}: up to ${frequency.most} msgs in ${frequency.days} days. Help: ${contact}. Msg & data rates may apply. Reply STOP to opt out.`,
    optedOut: (of) =>
      of === undefined
        ? 'You are opted out and will get no more messages from us.'
        : `You are opted out and will get no more messages of ${of}.`,
  },
  es: {
    request: ({ name, seller, frequency }) =>
      `${seller}: responda SI para recibir ${name}, hasta ${frequency.most} mensajes en ${frequency.days} días. Pueden aplicar tarifas de mensajes y datos. AYUDA para ayuda. Responda STOP para cancelar.`,
    welcome: ({ name, seller, frequency }) =>
      `${seller}: quedó inscrito en ${name}, hasta ${frequency.most} mensajes en ${frequency.days} días. Pueden aplicar tarifas de mensajes y datos. AYUDA para ayuda. Responda STOP para cancelar.`,
    help: ({ name, seller, frequency }, { contact }) =>
      `${name} de ${seller}: hasta ${frequency.most} mensajes en ${frequency.days} días. Ayuda: ${contact}. Pueden aplicar tarifas de mensajes y datos. Responda STOP para cancelar.`,
    optedOut: (of) =>
      of === undefined
        ? 'Su baja fue registrada: no recibirá más mensajes nuestros.'
        : `Su baja fue registrada: no recibirá más mensajes de ${of}.`,
  },
  fr: {
    request: ({ name, seller, frequency }) =>
      `${seller}: répondez OUI pour recevoir ${name}, ${frequency.most} messages au plus en ${frequency.days} jours. Des frais de messagerie et de données peuvent s'appliquer. AIDE pour de l'aide. Répondez STOP pour vous désabonner.`,
    welcome: ({ name, seller, frequency }) =>
      `${seller}: vous recevrez ${name}, ${frequency.most} messages au plus en ${frequency.days} jours. Des frais de messagerie et de données peuvent s'appliquer. AIDE pour de l'aide. Répondez STOP pour vous désabonner.`,
    help: ({ name, seller, frequency }, { contact }) =>
      `${name} de ${seller}: ${frequency.most} messages au plus en ${frequency.days} jours. Aide: ${contact}. Des frais de messagerie et de données peuvent s'appliquer. Répondez STOP pour vous désabonner.`,
    optedOut: (of) =>
      of === undefined
        ? 'Vous êtes désabonné et ne recevrez plus de messages de notre part.'
        : `Vous êtes désabonné et ne recevrez plus de messages de ${of}.`,
  },
  de: {
    request: ({ name, seller, frequency }) =>
      `${seller}: Mit JA antworten, um ${name} zu bekommen, bis zu ${frequency.most} Nachrichten in ${frequency.days} Tagen. Es können Kosten für Nachrichten und Daten anfallen. HILFE für Hilfe. Abmelden mit STOP.`,
    welcome: ({ name, seller, frequency }) =>
      `${seller}: Sie bekommen jetzt ${name}, bis zu ${frequency.most} Nachrichten in ${frequency.days} Tagen. Es können Kosten für Nachrichten und Daten anfallen. HILFE für Hilfe. Abmelden mit STOP.`,
    help: ({ name, seller, frequency }, { contact }) =>
      `${name} von ${seller}: bis zu ${frequency.most} Nachrichten in ${frequency.days} Tagen. Hilfe: ${contact}. Es können Kosten für Nachrichten und Daten anfallen. Abmelden mit STOP.`,
    optedOut: (of) =>
      of === undefined
        ? 'Sie sind abgemeldet und bekommen keine Nachrichten mehr von uns.'
        : `Sie sind abgemeldet und bekommen keine Nachrichten mehr von ${of}.`,
  },
  pt: {
    request: ({ name, seller, frequency }) =>
      `${seller}: responda SIM para receber ${name}, no máximo ${frequency.most} mensagens em ${frequency.days} dias. Podem ser cobradas tarifas de mensagens e dados. AJUDA para ajuda. Responda STOP para cancelar.`,
    welcome: ({ name, seller, frequency }) =>
      `${seller}: o cadastro em ${name} foi feito, no máximo ${frequency.most} mensagens em ${frequency.days} dias. Podem ser cobradas tarifas de mensagens e dados. AJUDA para ajuda. Responda STOP para cancelar.`,
    help: ({ name, seller, frequency }, { contact }) =>
      `${name} de ${seller}: no máximo ${frequency.most} mensagens em ${frequency.days} dias. Ajuda: ${contact}. Podem ser cobradas tarifas de mensagens e dados. Responda STOP para cancelar.`,
    optedOut: (of) =>
      of === undefined
        ? 'O cancelamento foi registrado: não enviaremos mais mensagens.'
        : `O cancelamento foi registrado: não enviaremos mais mensagens de ${of}.`,
  },
}
