import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../../server/address.ts'
import { loadNetworks, type Networks } from '../../../server/enrich/network.ts'
import { silentLog, type Log } from '../../../server/log.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'networks-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Build {
  writeOperators(folder: string, source?: string): string
}
const { writeOperators } = (await import(
  new URL('../../../scripts/networks.mjs', import.meta.url).href
)) as Build

/** Number of an IPv6 address by its halves. */
function at(upper: bigint, lower = 0n): string {
  return String((upper << 64n) | lower)
}

function askIn(networks: Networks): (text: string) => string {
  return (text) => {
    const address = parseAddress(text)
    if (!address) throw new Error(`no address: ${text}`)
    return networks.find(address)
  }
}

describe('R8.3 a table of network operators', () => {
  let find: (text: string) => string
  beforeAll(() => {
    const source = mkdtempSync(path.join(folder, 'source-'))
    writeFileSync(
      path.join(source, 'asn-ipv4-num.csv'),
      [
        '16777216,16777471,1,"Quoted ""Name"", Inc."',
        // Two neighbours of one name, a gap, and one that begins where the other ends.
        '16777472,16777727,2,Café   Réseau',
        '16777728,16777983,3,Café Réseau',
        '16778240,16778241,4,Small',
        '16778242,16778242,5,One address',
        `4294967040,4294967295,6,${'Long name '.repeat(20)}`,
        '',
      ].join('\n'),
    )
    const all = (1n << 64n) - 1n
    writeFileSync(
      path.join(source, 'asn-ipv6-num.csv'),
      [
        `${at(0x2001_0db8_0000_0000n)},${at(0x2001_0db8_0000_ffffn, all)},1,Six`,
        // Within one /64: the first stands for all.
        `${at(0x2001_0db8_0001_0000n)},${at(0x2001_0db8_0001_0000n, 5n)},2,First of two`,
        `${at(0x2001_0db8_0001_0000n, 6n)},${at(0x2001_0db8_0001_0000n, all)},3,Second of two`,
        `${at(0xffff_ffff_0000_0000n)},${at(0xffff_ffff_ffff_ffffn, all)},4,High`,
        '',
      ].join('\n'),
    )
    find = askIn(loadNetworks({ log: silentLog, file: writeOperators(folder, source) }))
  })

  it.each([
    ['1.0.0.0', 'Quoted "Name", Inc.'],
    ['1.0.0.255', 'Quoted "Name", Inc.'],
    ['1.0.1.0', 'Café Réseau'],
    ['1.0.2.255', 'Café Réseau'],
    ['1.0.3.0', ''],
    ['1.0.3.255', ''],
    ['1.0.4.0', 'Small'],
    ['1.0.4.1', 'Small'],
    ['1.0.4.2', 'One address'],
    ['1.0.4.3', ''],
    ['0.255.255.255', ''],
    ['255.255.255.255', 'Long name '.repeat(8).trim()],
    ['2001:db8::1', 'Six'],
    ['2001:db8:0:ffff:ffff:ffff:ffff:ffff', 'Six'],
    ['2001:db8:1::', 'First of two'],
    ['2001:db8:1::9', 'First of two'],
    ['2001:db8:1:1::', ''],
    ['2001:db7:ffff::', ''],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'High'],
    ['::', ''],
    ['::ffff:1.0.0.0', 'Quoted "Name", Inc.'],
  ])('%s belongs to %s', (address, name) => {
    expect(find(address)).toBe(name)
    expect(find(address)).toBe(name)
  })
})

describe('R8.3 the table that is built', () => {
  it('names well-known operators for both families', { timeout: 120_000 }, () => {
    const file = writeOperators(path.join(folder, 'built'))
    const started = performance.now()
    const find = askIn(loadNetworks({ log: silentLog, file }))
    process.stdout.write(`networks loaded in ${(performance.now() - started).toFixed(0)} ms\n`)
    expect(find('8.8.8.8')).toMatch(/Google/)
    expect(find('1.1.1.1')).toMatch(/Cloudflare/)
    expect(find('2001:4860:4860::8888')).toMatch(/Google/)
    expect(find('10.0.0.1')).toBe('')
    expect(find('fe80::1')).toBe('')
  })
})

describe('a table that is missing or damaged', () => {
  const lines: string[] = []
  const log: Log = {
    ...silentLog,
    warn: (_fields: unknown, text?: string) => void lines.push(text ?? ''),
  } as Log

  it.each([
    ['missing', undefined],
    ['empty', Buffer.alloc(0)],
    ['something else', Buffer.from('not a table of networks at all')],
    ['cut', Buffer.from([0x53, 0x4c, 0x52, 0x31, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0])],
  ])('(%s) costs the names, one line of the log and nothing else', (name, bytes) => {
    const file = path.join(folder, `${name}.bin`)
    if (bytes) writeFileSync(file, bytes)
    lines.length = 0
    const find = askIn(loadNetworks({ log, file }))
    expect(find('8.8.8.8')).toBe('')
    expect(find('::1')).toBe('')
    expect(lines).toEqual(['network operators are unknown: the table is missing, run `npm run build`'])
  })
})
