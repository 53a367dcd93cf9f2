import { describe, expect, it } from 'vitest'
import { coversHost, coversName, namesMeet } from '../../../../server/consent/policy/names.ts'

describe('names that stand for several', () => {
  it('cover what begins like them', () => {
    expect(coversName('_ga', '_ga')).toBe(true)
    expect(coversName('_ga', '_ga_1')).toBe(false)
    expect(coversName('_ga*', '_ga')).toBe(true)
    expect(coversName('_ga*', '_ga_1')).toBe(true)
    expect(coversName('_ga*', '_ga_*')).toBe(true)
    expect(coversName('_ga_*', '_ga*')).toBe(false)
  })

  it('meet where both can stand for one name', () => {
    expect(namesMeet('_ga*', '_ga_1')).toBe(true)
    expect(namesMeet('_ga_1', '_ga*')).toBe(true)
    expect(namesMeet('_ga_*', '_g*')).toBe(true)
    expect(namesMeet('_ga*', '_gb*')).toBe(false)
    expect(namesMeet('a', 'b')).toBe(false)
  })

  it('cover subdomains but not the domain itself', () => {
    expect(coversHost('*.example.com', 'cdn.example.com')).toBe(true)
    expect(coversHost('*.example.com', '*.cdn.example.com')).toBe(true)
    expect(coversHost('*.example.com', 'example.com')).toBe(false)
    expect(coversHost('*.example.com', 'badexample.com')).toBe(false)
    expect(coversHost('cdn.example.com', '*.example.com')).toBe(false)
  })
})
