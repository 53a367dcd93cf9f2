import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import geoip from 'geoip-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, formatAddress, parseAddress } from '../../../server/address.ts'
import { type Geo, loadGeo, NOWHERE, type Place } from '../../../server/enrich/geo.ts'
import { type Log, silentLog } from '../../../server/log.ts'
import { createRandom } from '../../support/personal.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'places-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Build {
  writePlaces(folder: string): string
}
const { writePlaces } = (await import(new URL('../../../scripts/places.mjs', import.meta.url).href)) as Build

function at(geo: Geo, text: string): Place {
  const address = parseAddress(text)
  if (!address) throw new Error(`no address: ${text}`)
  return geo.find(address)
}

describe('R8.1 where an address is', () => {
  let geo: Geo
  beforeAll(async () => {
    geo = await loadGeo({ log: silentLog, file: writePlaces(folder) })
  }, 180_000)

  it('is told by the table that is built, no finer than the city', () => {
    expect(at(geo, '81.2.69.142')).toEqual({ country: 'GB', region: 'GB-ENG', city: expect.any(String) })
    expect(at(geo, '175.16.199.1')).toMatchObject({ country: 'CN', region: 'CN-JL' })
    expect(at(geo, '2.125.160.216')).toMatchObject({ country: 'GB' })
    expect(at(geo, '2a01:4f8:c17:b0f::beef')).toMatchObject({ country: 'DE' })
    expect(at(geo, '::ffff:81.2.69.142')).toEqual(at(geo, '81.2.69.142'))
    for (const unknown of ['10.0.0.1', '127.0.0.1', '::1', 'fe80::1', '0.0.0.0', '255.255.255.255']) {
      expect(at(geo, unknown)).toEqual(NOWHERE)
    }
  })

  it('is what the package itself finds, for 20,000 addresses', () => {
    const random = createRandom(81)
    const word = (): number => random(2 ** 32)
    const wrong: string[] = []
    let known = 0
    for (let i = 0; i < 20_000; i++) {
      const address: Address =
        i % 4 === 0
          ? { family: 6, words: [0x2000_0000 + random(0x0e00_0000), word(), word(), word()] }
          : { family: 4, words: [word(), 0, 0, 0] }
      const text = formatAddress(address)
      const found = geoip.lookup(text)
      const is = geo.find(address)
      const region = is.region.slice(3)
      if (found) known++
      if (
        is.country !== (found?.country ?? '') ||
        region !== (found?.region ?? '') ||
        is.city !== (found?.city ?? '')
      ) {
        wrong.push(`${text}: ${JSON.stringify([is, found])}`)
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(known).toBeGreaterThan(10_000)
  })
})

describe('a table of places that is missing', () => {
  it('costs the places, one line of the log and nothing else', async () => {
    const lines: unknown[] = []
    const log = { ...silentLog, warn: (_: unknown, text?: string) => void lines.push(text) } as Log
    const geo = await loadGeo({ log, file: path.join(folder, 'missing.bin') })
    expect(at(geo, '81.2.69.142')).toEqual(NOWHERE)
    expect(lines).toEqual(['places are unknown: the table is missing, run `npm run build`'])
  })
})
