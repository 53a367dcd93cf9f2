import type { WrittenConsent } from '../../../schema/sms.ts'

/** A consent that lacks nothing. */
export const COMPLETE: WrittenConsent = {
  seller: 'Lantern Coffee LLC',
  programName: 'Lantern Deals',
  disclosure:
    'By ticking this box I agree to receive recurring automated marketing messages of Lantern Deals from Lantern Coffee LLC at the number above. Consent is not a condition of any purchase. Up to 4 messages a month. Msg & data rates may apply. Reply HELP for help, STOP to opt out. Terms: lantern.example/terms. Privacy: lantern.example/privacy.',
  disclosureVersion: '2026-11-01',
  locale: 'en-US',
  signature: 'web-form',
  collectedAt: '2026-11-24T09:30:00-05:00',
  source: 'https://lantern.example/deals',
  actor: 'subject',
  box: 'empty',
  isSeparate: true,
}
