import { describe, expect, it } from 'vitest'
import type { ClientIp } from '../../../schema/brand.ts'
import { createSharedAddressWatch } from '../../../server/http/shared-address.ts'
import { silentLog } from '../../../server/log.ts'

const at = (address: string): ClientIp => address as ClientIp

function watched(): { watch: (ip: ClientIp) => void; warnings: unknown[][]; told: () => number } {
  let times = 0
  const warnings: unknown[][] = []
  const warn = (...words: unknown[]): void => void warnings.push(words)
  return {
    watch: createSharedAddressWatch({ ...silentLog, warn }, () => void times++),
    warnings,
    told: () => times,
  }
}

describe('all traffic from one address', () => {
  it('is told once, after 200 requests, with what to do and without the address', () => {
    const { watch, warnings, told } = watched()
    for (let count = 0; count < 199; count++) watch(at('10.1.2.3'))
    expect(warnings).toEqual([])
    for (let count = 0; count < 500; count++) watch(at('10.1.2.3'))
    expect(warnings).toHaveLength(1)
    expect(told()).toBe(1)
    expect(JSON.stringify(warnings)).toContain('SLUICE_TRUSTED_PROXIES')
    expect(JSON.stringify(warnings)).not.toContain('10.1.2.3')
  })

  it('is not told once a second address was seen, however early', () => {
    const { watch, warnings, told } = watched()
    watch(at('10.1.2.3'))
    watch(at('10.1.2.4'))
    for (let count = 0; count < 1000; count++) watch(at('10.1.2.3'))
    expect(warnings).toEqual([])
    expect(told()).toBe(0)
  })
})
