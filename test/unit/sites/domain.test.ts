import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { canonicalDomain, normalizeDomain } from '../../../server/sites/domain.ts'

describe('the domain of a site, as people write it', () => {
  it.each([
    ['example.com', 'example.com'],
    ['  Example.COM  ', 'example.com'],
    ['https://www.Example.com:8443/about?x=1#top', 'www.example.com'],
    ['http://example.com/', 'example.com'],
    ['example.com:3000', 'example.com'],
    ['example.com/path', 'example.com'],
    ['example.com.', 'example.com'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['localhost', 'localhost'],
    ['localhost:5173', 'localhost'],
    ['app.localhost', 'app.localhost'],
    ['under_score.example.com', 'under_score.example.com'],
    ['127.0.0.1', '127.0.0.1'],
    ['http://192.0.2.7:8000/', '192.0.2.7'],
  ])('%s is kept as %s', (typed, kept) => {
    expect(normalizeDomain(typed)).toBe(kept)
    expect(normalizeDomain(kept)).toBe(kept)
  })

  it.each([
    '',
    ' ',
    'example',
    'exam ple.com',
    'mail@example.com',
    'https://user:word@example.com',
    'ftp://example.com',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '*.example.com',
    '.example.com',
    'example..com',
    '-.example.com',
    'a.-b.com',
    '[::1]',
    '1',
    '12345',
    '127.1',
    '0x7f.1',
    'example.123',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
    'a\0b.com',
    '/about',
    '?',
    '--site',
  ])('%j is refused with an example of what to write', (typed) => {
    expect(() => normalizeDomain(typed)).toThrow(UserError)
    expect(() => normalizeDomain(typed)).toThrow(
      /is not a domain: give the host name of the site, like example\.com\.$/,
    )
  })

  it('shows only the start of what was typed, without control characters', () => {
    expect(() => normalizeDomain(`\u001b[31m${'x'.repeat(500)} y`)).toThrow(/^"\\u001b\[31mx{75}" is not/)
  })
})

describe('a name that came with a request', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['München.example', 'xn--mnchen-3ya.example'],
    ['localhost', 'localhost'],
  ])('%s stands for %s', (sent, kept) => {
    expect(canonicalDomain(sent)).toBe(kept)
  })

  it.each([
    '',
    'example',
    'a\0b.com',
    'a b.com',
    '\ud800.com',
    'x'.repeat(100_000),
    '*.example.com',
    '[::1]',
    '__proto__',
  ])('stands for no site and throws nothing (%#)', (sent) => {
    expect(canonicalDomain(sent)).toBeUndefined()
  })
})
