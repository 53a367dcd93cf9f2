import type { WrittenConsent } from '../../../../schema/sms.ts'
import type { Program, ProgramSettings } from '../../../../sms/program.ts'

/** A program that sends as much as it likes, and what somebody signed to be in it. */

export const PROGRAM: Program = {
  name: 'Lantern Deals',
  seller: 'Lantern Coffee LLC',
  description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
  kind: 'marketing',
  useCase: 'Marketing',
  language: 'en',
  domains: ['lantern.example'],
  confirmWithin: 'off',
  frequency: { most: 1_000, days: 30 },
  samples: ['Two lattes for one today.', 'A new roast is in our shops.'],
}

export const SETTINGS: ProgramSettings = {
  stopScope: 'all',
  maxSegments: 4,
  contact: 'help@lantern.example',
  terms: 'https://lantern.example/terms',
  privacy: 'https://lantern.example/privacy',
}

export const CONSENT: WrittenConsent = {
  seller: PROGRAM.seller,
  programName: PROGRAM.name,
  disclosure: 'By ticking this box I agree …',
  disclosureVersion: '1',
  locale: 'en',
  signature: 'web-form',
  collectedAt: '2026-11-24T05:00:00-05:00',
  source: 'https://lantern.example/join',
  actor: 'subject',
  box: 'empty',
  isSeparate: true,
}
