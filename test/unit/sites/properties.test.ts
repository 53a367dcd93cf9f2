import { describe, expect, it } from 'vitest'
import { checkProperties } from '../../../server/sites/properties.ts'
import { UserError } from '../../../server/errors.ts'

describe('the properties a site declares', () => {
  it.each([
    'plan',
    'feature',
    'Team-Size',
    'page_type',
    'experiment',
    'passengers',
    'cardinality',
    'named',
    'exported',
  ])('%s may be', (name) => {
    expect(() => checkProperties([name])).not.toThrow()
  })

  // Forty ways to call what is nobody else's business.
  const personal = [
    'name firstName last_name full-name userName surname nickname login',
    'address homeAddress street billing_street zip postCode postal-code',
    'birth birthDate date_of_birth dob age',
    'email userEmail e_mail phone phoneNumber mobile',
    'iban bic card cardNumber card_exp cvv CVC exp expiry account_number',
    'password pass pwd pin token secret ssn passport ip userId user-id customer_id sessionId',
  ]
    .join(' ')
    .split(' ')
  it.each(personal)('R1.1b %s is refused', (name) => {
    expect(() => checkProperties([name])).toThrow(/called like somebody's data/)
  })

  it.each(['', '1st', 'two words', 'ünder', 'a'.repeat(41), 'a.b', "a'b", '__proto__'])(
    '%j is no name',
    (name) => {
      expect(() => checkProperties([name])).toThrow(/cannot be a property: write letters/)
    },
  )

  it('are at most thirty, each once', () => {
    const many = Array.from({ length: 31 }, (_, index) => `p${index}`)
    expect(() => checkProperties(many.slice(1))).not.toThrow()
    expect(() => checkProperties(many)).toThrow(UserError)
    expect(() => checkProperties(['plan', 'plan'])).toThrow('"plan" is there twice: name it once.')
  })
})
