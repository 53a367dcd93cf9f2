import { describe, expect, it } from 'vitest'
import { createMirror, type Mirror } from '../../../server/store/mirror.ts'
import { movedClock, type MovedClock } from './opened.ts'

interface Scene {
  mirror: Mirror<string, string>
  clock: MovedClock
  rows: Map<string, string>
  /** What was asked of the store. */
  asked: string[]
  /** A commit by somebody. */
  commit: () => void
}

function scene(): Scene {
  const clock = movedClock()
  const rows = new Map([['a', 'one']])
  const asked: string[] = []
  let version = 1
  const store = {
    dataVersion: () => {
      asked.push('version')
      return version
    },
  }
  const load = (key: string): string | undefined => {
    asked.push(key)
    return rows.get(key)
  }
  const mirror = createMirror({ store, clock, load })
  asked.length = 0
  return { mirror, clock, rows, asked, commit: () => void version++ }
}

describe('the mirror of rows', () => {
  it('asks the store once for a row, and for changes at most every 50 ms', () => {
    const { mirror, clock, asked } = scene()
    for (let ms = 0; ms < 49; ms++) {
      expect(mirror.get('a')).toBe('one')
      clock.pass(1)
    }
    expect(asked).toEqual(['a'])
    clock.pass(1)
    for (let i = 0; i < 10; i++) mirror.get('a')
    expect(asked).toEqual(['a', 'version'])
  })

  it('notices a change of a known row after 50 ms', () => {
    const { mirror, clock, rows, commit } = scene()
    mirror.get('a')
    rows.set('a', 'two')
    commit()
    clock.pass(49)
    expect(mirror.get('a')).toBe('one')
    clock.pass(1)
    expect(mirror.get('a')).toBe('two')
    rows.delete('a')
    commit()
    clock.pass(50)
    expect(mirror.get('a')).toBeUndefined()
  })

  it('knows a new row at once', () => {
    const { mirror, rows, commit } = scene()
    expect(mirror.get('b')).toBeUndefined()
    rows.set('b', 'new')
    commit()
    expect(mirror.get('b')).toBe('new')
  })

  it('forgets at once what this process changed', () => {
    const { mirror, rows } = scene()
    mirror.get('a')
    rows.set('a', 'two')
    mirror.forget()
    expect(mirror.get('a')).toBe('two')
  })
})
