import { describe, expect, it } from 'vitest'
import type { WrittenConsent } from '../../../schema/sms.ts'
import { faultsOf } from '../../../sms/written-consent.ts'
import { COMPLETE } from './consents.ts'

const NOW = Date.parse('2026-11-25T00:00:00Z')

const lacking = (change: Partial<WrittenConsent>, kind: 'marketing' | 'service' = 'marketing'): string[] =>
  faultsOf({ ...COMPLETE, ...change }, kind, NOW).map((fault) =>
    'missing' in fault ? fault.missing : fault.refused,
  )

const without = (...phrases: (string | RegExp)[]): Partial<WrittenConsent> => ({
  disclosure: phrases.reduce<string>((text, phrase) => text.replace(phrase, ''), COMPLETE.disclosure),
})

describe('S3 a consent in writing', () => {
  it('S3 lacks nothing where all is said', () => {
    expect(lacking({})).toEqual([])
    expect(lacking({}, 'service')).toEqual([])
  })

  it('S3 is none without any one of its elements', () => {
    const cases: [change: Partial<WrittenConsent>, missing: string[]][] = [
      [without('from Lantern Coffee LLC '), ['seller']],
      [without('of Lantern Deals '), ['program']],
      [without('recurring automated '), ['automated']],
      [without('Consent is not a condition of any purchase. '), ['no-condition']],
      [without('marketing '), ['message-types']],
      [without('recurring ', 'Up to 4 messages a month. '), ['frequency']],
      [without('Msg & data rates may apply. '), ['rates']],
      [without('Reply HELP for help, '), ['help']],
      [without('STOP to opt out. '), ['stop']],
      [without('Terms: lantern.example/terms. '), ['terms']],
      [without(' Privacy: lantern.example/privacy.'), ['privacy']],
      [{ disclosureVersion: ' ' }, ['version']],
      [{ source: '' }, ['source']],
      [{ actor: '' }, ['actor']],
      [{ collectedAt: '2026-11-24 09:30' }, ['time']],
      [{ collectedAt: '2026-11-24T09:30:00' }, ['time']],
      [{ collectedAt: '2026-11-26T09:30:00Z' }, ['time']],
      [{ box: 'ticked' }, ['empty-box']],
      [{ isSeparate: false }, ['separate-signature']],
      [{ seller: '' }, ['seller']],
    ]
    for (const [change, missing] of cases) expect([missing, lacking(change)]).toEqual([missing, missing])
  })

  it('S3 of a program that sells nothing needs no clause on sales, and all the rest', () => {
    expect(
      lacking(without('recurring automated ', 'Consent is not a condition of any purchase. '), 'service'),
    ).toEqual([])
    expect(lacking({ disclosure: 'Yes, text me.' }, 'service')).toEqual(
      expect.arrayContaining([
        'seller',
        'program',
        'message-types',
        'frequency',
        'rates',
        'help',
        'stop',
        'terms',
        'privacy',
      ]),
    )
  })

  it('S3 may be worded in other languages', () => {
    const disclosure = `Acepto recibir mensajes de marketing automatizados y recurrentes de Lantern Deals, de Lantern Coffee LLC. El consentimiento no es una condición de compra. Hasta 4 mensajes al mes. Se pueden aplicar tarifas. AYUDA para ayuda, ALTO para cancelar. Términos y privacidad: lantern.example.`
    expect(lacking({ disclosure, locale: 'es-US' })).toEqual([])
    expect(lacking({ disclosure: disclosure.replace('no es una condición', 'es una condición') })).toEqual([
      'no-condition',
    ])
  })

  it('S3 that makes consent a condition is none', () => {
    const disclosure = COMPLETE.disclosure.replace('is not a condition', 'is a condition')
    expect(lacking({ disclosure })).toEqual(['no-condition'])
  })

  it('SX1 of a list that was bought, handed on or is from nowhere is refused', () => {
    const list = { signature: 'import', actor: 'account:1' } as const
    expect(lacking({ ...list, provenance: 'own-records' })).toEqual([])
    expect(lacking({ ...list, provenance: 'purchased' })).toEqual(['not-our-list'])
    expect(lacking({ ...list, provenance: 'lead-generation' })).toEqual(['not-our-list'])
    expect(lacking(list)).toEqual(['not-our-list'])
    expect(lacking({ provenance: 'purchased' })).toEqual(['not-our-list'])
  })
})
