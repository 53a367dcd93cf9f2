import { describe, expect, it } from 'vitest'
import { createRecentlyUsed } from '../../../server/consent/recently-used.ts'

describe('the memory of what was lately used', () => {
  it('keeps what is asked for and forgets the rest, within its bound', () => {
    const memory = createRecentlyUsed<number, string>(100)
    memory.set(-1, 'in use')
    for (let index = 0; index < 1_000; index++) {
      memory.set(index, 'passing')
      expect(memory.get(-1)).toBe('in use')
    }
    const kept = Array.from({ length: 1_000 }, (_, index) => index).filter((index) => memory.get(index))
    expect(kept.length).toBeLessThanOrEqual(100)
    expect(memory.get(0)).toBeUndefined()
    expect(memory.get(999)).toBe('passing')
  })
})
