import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConsent } from '../../../server/consent/parse.ts'
import { UserError } from '../../../server/errors.ts'
import { anyText } from '../../support/any-text.ts'
import { decisionOf } from './rig.ts'

const parse = (value: unknown): unknown => parseConsent(JSON.stringify(value))

describe('the body of a choice', () => {
  it('is read in one form: categories in their order and once, the domain in lower case', () => {
    expect(parse({ ...decisionOf(), site: 'Example.COM', granted: ['targeting', 'performance'] })).toEqual(
      decisionOf({ granted: ['performance', 'targeting'] }),
    )
    expect(parse({ ...decisionOf(), granted: ['targeting', 'targeting'] })).toEqual(
      decisionOf({ granted: ['targeting'] }),
    )
  })

  it('may hold what a newer page sends, and a spoilt receipt or notice does not stop a choice', () => {
    expect(parse({ ...decisionOf(), more: 1, receipt: 'x', notice: 5 })).toEqual(decisionOf())
    const receipt = 'abcdefghijklmnopqrst_-'
    expect(parse({ ...decisionOf(), receipt })).toEqual(decisionOf({ receipt }))
  })

  it('fails with a UserError whatever it is, and repeats nothing of it', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.json(), fc.object().map(String)), (body) => {
        expect(() => parseConsent(body)).toThrow(UserError)
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(decisionOf())), fc.jsonValue(), (field, value) => {
        const secret = 'q'.repeat(20)
        try {
          parse({ ...decisionOf(), [field]: [value, secret] })
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
          expect(String(error)).not.toContain(secret)
          return
        }
        throw new Error(`${field} was taken`)
      }),
    )
  })
})
