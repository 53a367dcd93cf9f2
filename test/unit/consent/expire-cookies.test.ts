import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expireCookies } from '../../../server/consent/expire-cookies.ts'
import { anyText } from '../../support/any-text.ts'

const lists = [{ cookies: ['_ga*', 'exact'] }, { cookies: ['__Host-ad'] }]

describe('lines that expire cookies', () => {
  it('R6.5 name what was brought and is listed, once, with every place it can be in', () => {
    const cookies = 'exact=1; exactly=2; _ga=3; _ga_ABC=4; exact=5; __Host-ad=6; other; =7'
    const lines = expireCookies({ cookies, lists, domain: 'example.com', https: true })
    const names = [...new Set(lines.map((line) => line.split('=')[0]))]
    expect(names).toEqual(['exact', '_ga', '_ga_ABC', '__Host-ad'])
    expect(lines.slice(0, 4)).toEqual([
      'exact=; Max-Age=0; Path=/; Secure',
      'exact=; Max-Age=0; Path=/; Secure; Partitioned',
      'exact=; Max-Age=0; Path=/; Domain=example.com; Secure',
      'exact=; Max-Age=0; Path=/; Domain=example.com; Secure; Partitioned',
    ])
  })

  it('are not Secure over http, where a browser would ignore them', () => {
    expect(expireCookies({ cookies: 'exact=1', lists, domain: 'localhost', https: false })).toEqual([
      'exact=; Max-Age=0; Path=/',
      'exact=; Max-Age=0; Path=/; Domain=localhost',
    ])
  })

  it('stay within what a proxy passes on, and are headers whatever was brought', () => {
    const many = Array.from({ length: 500 }, (_, index) => `_ga_${index}=1`).join('; ')
    const lines = expireCookies({ cookies: many, lists, domain: 'example.com', https: true })
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.join('set-cookie: \r\n').length).toBeLessThan(3_000)
    fc.assert(
      fc.property(anyText(200), (text) => {
        const all = [{ cookies: ['*'] }]
        for (const line of expireCookies({ cookies: text, lists: all, domain: 'example.com', https: true })) {
          expect(line).toMatch(
            /^[!-~]+=; Max-Age=0; Path=\/(; Domain=example\.com)?; Secure(; Partitioned)?$/,
          )
        }
      }),
    )
  })
})
