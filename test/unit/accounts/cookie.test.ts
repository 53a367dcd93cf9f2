import { describe, expect, it } from 'vitest'
import { sessionCookie } from '../../../server/accounts/cookie.ts'

describe('the session cookie', () => {
  it.each([
    ['http://127.0.0.1:8000', 'sluice_session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60'],
    [
      'https://stats.example.com',
      '__Host-sluice_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60',
    ],
    [
      'https://example.com/_s',
      '__Secure-sluice_session=abc; Path=/_s; HttpOnly; SameSite=Strict; Secure; Max-Age=60',
    ],
    ['http://localhost:8000/_s/', 'sluice_session=abc; Path=/_s; HttpOnly; SameSite=Strict; Max-Age=60'],
  ])('on %s is %s', (publicUrl, header) => {
    const cookie = sessionCookie(publicUrl)
    expect(cookie.set('abc', 60)).toBe(header)
    expect(cookie.clear()).toBe(header.replace('=abc', '=').replace('Max-Age=60', 'Max-Age=0'))
    expect(cookie.read(header.split(';')[0])).toBe('abc')
  })

  it('on https is not read under the name a plain connection or another host could set', () => {
    const cookie = sessionCookie('https://stats.example.com')
    expect(cookie.read('sluice_session=planted')).toBeUndefined()
    expect(cookie.read('sluice_session=planted; __Host-sluice_session=ours')).toBe('ours')
  })
})
