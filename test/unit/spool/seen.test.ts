import { describe, expect, it } from 'vitest'
import { createSeen, type Seen } from '../../../server/spool/seen.ts'
import { randomOf } from './rig.ts'

const HOUR = 3_600_000

function ids(count: number, seed: number): [high: number, low: number][] {
  const random = randomOf(seed)
  const word = (): number => Math.floor(random() * 2 ** 32)
  return Array.from({ length: count }, () => [word(), word()])
}

/** How many of these were new. */
function admitAll(seen: Seen, list: readonly (readonly [number, number])[], nowMs: number): number {
  return list.filter(([high, low]) => seen.admit(high, low, nowMs)).length
}

describe('seen ids', () => {
  it('are new once, exactly, while the tables grow', () => {
    const seen = createSeen()
    const list = ids(200_000, 1)
    expect(admitAll(seen, list, 0)).toBe(list.length)
    expect(admitAll(seen, list, HOUR)).toBe(0)
    expect(admitAll(seen, ids(200_000, 2), HOUR)).toBe(200_000)
    expect(seen.stats()).toMatchObject({ ids: 400_000, evicted: 0 })
  })

  it('tells apart ids that differ in one bit only, and knows those of extreme values', () => {
    const seen = createSeen()
    const list: [number, number][] = [[0, 0]]
    for (let bit = 0; bit < 32; bit++) list.push([0, (1 << bit) >>> 0], [(1 << bit) >>> 0, 0])
    list.push([0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0], [0, 0xffff_ffff])
    expect(admitAll(seen, list, 0)).toBe(list.length)
    expect(admitAll(seen, list, 0)).toBe(0)
  })

  it('are known for 24 hours and a quarter of an hour at most, and then new again', () => {
    const seen = createSeen()
    const list = ids(5_000, 3)
    admitAll(seen, list, 10 * 60_000)
    expect(admitAll(seen, list, 10 * 60_000 + 24 * HOUR)).toBe(0)
    expect(admitAll(seen, list, 10 * 60_000 + 24.25 * HOUR)).toBe(list.length)
    expect(admitAll(seen, list, 48 * HOUR)).toBe(0)
  })

  it('that are old never look young again, however long nothing comes', () => {
    for (const gap of [25, 63.75, 64, 100, 1000].map((hours) => hours * HOUR)) {
      const seen = createSeen()
      const list = ids(2_000, 4)
      admitAll(seen, list, HOUR)
      expect(admitAll(seen, list, HOUR + gap)).toBe(list.length)
    }
  })

  it('leave when they are old, although nobody asks for them again', () => {
    const seen = createSeen()
    const random = randomOf(5)
    let high = 0
    for (let hour = 0; hour < 200; hour++) {
      for (let count = 0; count < 500; count++)
        seen.admit(Math.floor(random() * 2 ** 32), high++, hour * HOUR)
    }
    expect(seen.stats().ids).toBeLessThan(50 * 500)
    expect(seen.stats().bytes).toBeLessThan(256 * 1024 * 8)
  })

  it('take no more memory than they may: the oldest are forgotten first, and counted', () => {
    const seen = createSeen({ ids: 256 * 100 })
    const [old, young] = [ids(20_000, 6), ids(10_000, 7)]
    admitAll(seen, old, 0)
    admitAll(seen, young, HOUR)
    const { ids: held, evicted } = seen.stats()
    expect(held + evicted).toBe(30_000)
    expect(held).toBeLessThanOrEqual(256 * 100)
    expect(evicted).toBeGreaterThan(4_000)
    expect(admitAll(seen, young, HOUR)).toBe(0)
  })

  it('keep as many as fit when even those of the last minutes are too many', () => {
    const seen = createSeen({ ids: 256 * 100 })
    admitAll(seen, ids(100_000, 8), 0)
    expect(seen.stats().ids).toBeLessThanOrEqual(256 * 100)
    expect(seen.stats().ids).toBeGreaterThan(256 * 70)
  })

  it('can be forgotten, and everything else stays known', () => {
    const seen = createSeen()
    const list = ids(50_000, 9)
    admitAll(seen, list, 0)
    const gone = list.filter((_, index) => index % 3 === 0)
    for (const [high, low] of gone) seen.forget(high, low)
    seen.forget(1, 1)
    expect(seen.stats().ids).toBe(list.length - gone.length)
    expect(
      admitAll(
        seen,
        list.filter((_, index) => index % 3 !== 0),
        0,
      ),
    ).toBe(0)
    expect(admitAll(seen, gone, 0)).toBe(gone.length)
  })

  it('can be loaded as they come from the database', () => {
    const seen = createSeen()
    seen.load(new Uint32Array(new BigUint64Array([1n, 2n ** 63n, 0xdead_beef_0000_0001n]).buffer), 0)
    expect(seen.admit(0, 1, 0)).toBe(false)
    expect(seen.admit(0x8000_0000, 0, 0)).toBe(false)
    expect(seen.admit(0xdead_beef, 1, 0)).toBe(false)
    expect(seen.admit(1, 0xdead_beef, 0)).toBe(true)
  })

  it('are all known that are loaded, however many, and no others', () => {
    const seen = createSeen()
    const [list, others] = [ids(100_000, 11), ids(1_000, 12)]
    for (const part of [list.slice(0, 60_000), list.slice(50_000)]) {
      seen.load(new Uint32Array(part.flatMap(([high, low]) => [low, high])), 0)
    }
    expect(seen.stats().ids).toBe(list.length)
    expect(admitAll(seen, list, 0)).toBe(0)
    expect(admitAll(seen, others, 0)).toBe(others.length)
  })

  it('refuse a window for which their stamps are too short', () => {
    expect(() => createSeen({ windowMs: 40 * HOUR })).toThrow('at most 31 hours')
  })
})
