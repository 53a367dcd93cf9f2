import type { ProgramKind } from '../../schema/sms.ts'

/** What a disclosure must say, and how it may be said. Patterns over the disclosure's folded words. */
export interface DisclosureElement {
  readonly name:
    | 'automated'
    | 'no-condition'
    | 'frequency'
    | 'rates'
    | 'help'
    | 'stop'
    | 'terms'
    | 'privacy'
    | 'message-types'
  /** What asks for it. */
  readonly rule: string
  /** Absent: of programs of every kind. */
  readonly kinds?: readonly ProgramKind[]
  readonly said: RegExp
}

export const DISCLOSURE_ELEMENTS: readonly DisclosureElement[] = [
  {
    name: 'automated',
    rule: '47 CFR 64.1200(f)(9)(i)(A)',
    kinds: ['marketing'],
    said: /\b(?:automat\w*|autodial\w*|recurring|automatic\w*|automatis\w*|automatisiert\w*|recurrentes|recorrentes)\b/,
  },
  {
    name: 'no-condition',
    rule: '47 CFR 64.1200(f)(9)(i)(B)',
    kinds: ['marketing'],
    said: /\bnot (?:a |required as a )?(?:condition|requirement)\b|\b(?:consent|agreement|agreeing) is not (?:a condition|required)\b|\bnot required to (?:buy|purchase)\b|\bno es (?:una )?(?:condicion|requisito)\b|\bpas (?:une )?condition\b|\bkeine (?:bedingung|voraussetzung)\b|\bnao e (?:uma )?condicao\b/,
  },
  {
    name: 'message-types',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:marketing|promotion\w*|offers?|alerts?|updates?|reminders?|notifications?|surveys?|support|account|order|delivery|appointments?|ofertas?|promocion\w*|avisos?|recordatorios?|notificaciones|offres|alertes|rappels|angebote|werbung|erinnerungen|benachrichtigungen|promocoes|avisos|lembretes|notificacoes)\b/,
  },
  {
    name: 'frequency',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:frequency|\d+ (?:msgs?|messages?|texts?)\b.{0,20}\b(?:month|week|day|order|request)|(?:up to|one|two|three|four|five) (?:msgs?|messages?|texts?)|recurring|frecuencia|frequence|haufigkeit|frequencia|mensajes? (?:por|al) (?:mes|semana|dia)|messages? par (?:mois|semaine|jour)|nachrichten (?:pro|im) (?:monat|woche|tag)|mensagens por (?:mes|semana|dia))\b/,
  },
  {
    name: 'rates',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:rates? (?:may|might) apply|(?:data|message|msg) rates|tarifas|cargos|frais|tarifs|gebuhren|kosten (?:konnen )?anfallen|taxas)\b/,
  },
  {
    name: 'help',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:help|info|ayuda|aide|hilfe|ajuda)\b/,
  },
  {
    name: 'stop',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:stopp?|unsubscribe|alto|baja|arret|abmelden|sair)\b/,
  },
  {
    name: 'terms',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:terms|terminos|conditions generales|conditions d|nutzungsbedingungen|agb|termos)\b/,
  },
  {
    name: 'privacy',
    rule: 'CTIA Messaging Principles, call to action',
    said: /\b(?:privacy|privacidad|confidentialite|vie privee|datenschutz\w*|privacidade)\b/,
  },
]
