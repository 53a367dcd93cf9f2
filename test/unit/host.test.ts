import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostOf, isUnder } from '../../server/host.ts'

describe('the host of an address', () => {
  it.each([
    ['https://example.com/a?b#c', 'example.com'],
    ['http://EXAMPLE.com:8080', 'example.com'],
    ['https://example.com.', 'example.com'],
    ['https://user:pw@example.com/', 'example.com'],
    ['https://example.com?x', 'example.com'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['http://[2001:db8::1]:80/', '[2001:db8::1]'],
    ['android-app://com.example.app/', 'com.example.app'],
    ['https://a@b@c.example/', 'c.example'],
    ['https://evil.example\\@example.com/', 'evil.example'],
    ['ftp://example.com/', ''],
    ['data:text/html,x', ''],
    ['//example.com/', ''],
    ['example.com', ''],
    ['https://', ''],
    ['', ''],
  ])('%s has %s', (address, host) => {
    expect(hostOf(address)).toBe(host)
  })

  it('is found after thousands of others, too', () => {
    for (let number = 0; number < 20_000; number++) hostOf(`https://10.0.0.${number % 250}/`)
    expect(hostOf('https://bücher.example/')).toBe('xn--bcher-kva.example')
    expect(hostOf('https://ü/ ://')).toBe('xn--tda')
    expect(hostOf('ü')).toBe('')
  })

  it('is the one that the URL standard finds', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      '.',
      '-',
      '@',
      ':',
      '/',
      '?',
      '#',
      '1',
      '80',
      'example',
      '.com',
      '%41',
      '[',
      ']',
      ' ',
      '\\',
      'ü',
    )
    const address = fc.array(part, { maxLength: 12 }).map((parts) => `https://${parts.join('')}`)
    fc.assert(
      fc.property(address, (text) => {
        const isAddress = URL.canParse(text)
        const standard = isAddress ? new URL(text).hostname.replace(/\.$/, '') : hostOf(text)
        expect(hostOf(text)).toBe(standard)
      }),
      { numRuns: 3_000 },
    )
  })

  it('is under a domain or not', () => {
    expect(isUnder('example.com', 'example.com')).toBe(true)
    expect(isUnder('a.b.example.com', 'example.com')).toBe(true)
    expect(isUnder('notexample.com', 'example.com')).toBe(false)
    expect(isUnder('example.com.evil.example', 'example.com')).toBe(false)
    expect(isUnder('com', 'example.com')).toBe(false)
  })
})
