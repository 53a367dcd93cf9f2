import { describe, expect, it } from 'vitest'
import type { ClientIp } from '../../../schema/brand.ts'
import { createBurstGuard } from '../../../server/http/burst.ts'
import { movedClock } from '../store/opened.ts'

describe('the guard against bursts', () => {
  const ip = (text: string): ClientIp => text as ClientIp

  it.each([
    ['192.0.2.1', '192.0.2.254', '192.0.3.1'],
    ['2001:db8:1:ffff::1', '2001:db8:1:1::2', '2001:db8:2::1'],
    ['::ffff:192.0.2.1', '192.0.2.9', '192.0.20.1'],
    ['', 'unreadable', '192.0.2.1'],
  ])('counts %j and %j as one network, and %j as another', (one, same, other) => {
    const clock = movedClock()
    const guard = createBurstGuard({ clock, perMinute: 2 })
    expect([guard.wait(ip(one)), guard.wait(ip(same))]).toEqual([0, 0])
    clock.pass(15_000)
    expect(guard.wait(ip(same))).toBe(45)
    expect(guard.wait(ip(other))).toBe(0)
    clock.pass(44_999)
    expect(guard.wait(ip(one))).toBe(1)
    clock.pass(1)
    expect(guard.wait(ip(one))).toBe(0)
  })

  it('holds no address, for longer than its minute or at all', () => {
    const clock = movedClock()
    const guard = createBurstGuard({ clock })
    guard.wait(ip('198.51.100.7'))
    expect(JSON.stringify(guard)).not.toContain('198.51')
    for (let hour = 0; hour < 3; hour++) {
      clock.pass(3_600_000)
      expect(guard.wait(ip('198.51.100.7'))).toBe(0)
    }
  })
})
