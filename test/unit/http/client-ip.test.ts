import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from '../../../server/address.ts'
import { UserError } from '../../../server/errors.ts'
import { createClientIpReader } from '../../../server/http/client-ip.ts'
import { anyText } from '../../support/any-text.ts'

const PROXY = '10.0.0.1'
const STRANGER = '198.51.100.7'
const VISITOR = '203.0.113.9'
const MADE_UP = '192.0.2.66'

describe('which address a request counts for', () => {
  const cases: [
    name: string,
    setting: string | undefined,
    socket: string,
    header: string | undefined,
    is: string,
  ][] = [
    ['no header', PROXY, STRANGER, undefined, STRANGER],
    ['no header from a proxy', PROXY, PROXY, undefined, PROXY],
    ['an empty header', PROXY, PROXY, '', PROXY],
    ['a stranger who sends a header', PROXY, STRANGER, VISITOR, STRANGER],
    ['one trusted proxy', PROXY, PROXY, VISITOR, VISITOR],
    ['entries that the visitor made up', PROXY, PROXY, `${MADE_UP}, ${VISITOR}`, VISITOR],
    ['two trusted proxies', `${PROXY},10.0.0.2`, PROXY, `${MADE_UP}, ${VISITOR}, 10.0.0.2`, VISITOR],
    ['a trusted proxy behind an untrusted one', PROXY, PROXY, `${PROXY}, ${STRANGER}`, STRANGER],
    ['a CIDR', '10.0.0.0/8', '10.200.3.4', `${VISITOR}, 10.9.9.9`, VISITOR],
    ['just outside of a CIDR', '10.0.0.0/9', '10.128.0.0', VISITOR, '10.128.0.0'],
    ['the last address of a CIDR', '10.0.0.0/9', '10.127.255.255', VISITOR, VISITOR],
    ['everything trusted', '0.0.0.0/0', PROXY, `${MADE_UP}, ${VISITOR}`, MADE_UP],
    ['an IPv6 CIDR', '2001:db8:aa00::/40', '2001:db8:aaff::1', VISITOR, VISITOR],
    ['outside of an IPv6 CIDR', '2001:db8:aa00::/40', '2001:db8:ab00::1', VISITOR, '2001:db8:ab00:0:0:0:0:1'],
    ['loopback by default', undefined, '127.0.0.1', VISITOR, VISITOR],
    ['all of loopback by default', undefined, '127.9.9.9', VISITOR, VISITOR],
    ['IPv6 loopback by default', undefined, '::1', VISITOR, VISITOR],
    ['an empty setting is the default', ' ', '::1', VISITOR, VISITOR],
    ['a private network is not trusted by default', undefined, PROXY, VISITOR, PROXY],
    ['IPv4 mapped into IPv6 at the socket', PROXY, '::ffff:10.0.0.1', VISITOR, VISITOR],
    ['IPv4 mapped into IPv6 in hexadecimal', PROXY, '::ffff:a00:1', VISITOR, VISITOR],
    ['IPv4 mapped into IPv6 in the header', PROXY, PROXY, `::ffff:${VISITOR}`, VISITOR],
    ['a port', PROXY, PROXY, `${VISITOR}:4711`, VISITOR],
    ['brackets and a port', PROXY, PROXY, '[2001:db8::5]:443', '2001:db8:0:0:0:0:0:5'],
    ['brackets', PROXY, PROXY, '[2001:db8::5]', '2001:db8:0:0:0:0:0:5'],
    ['a zone id', PROXY, PROXY, 'fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['a zone id at the socket', 'fe80::/10', 'fe80::2%en0', VISITOR, VISITOR],
    ['spaces and tabs', PROXY, PROXY, ` ${MADE_UP} ,\t${VISITOR} `, VISITOR],
    ['rubbish', PROXY, PROXY, 'unknown', PROXY],
    ['rubbish behind a trusted hop', `${PROXY} 10.0.0.2`, PROXY, `${VISITOR}, _hidden, 10.0.0.2`, '10.0.0.2'],
    ['rubbish that nobody has to read', PROXY, PROXY, `<script>, ${VISITOR}`, VISITOR],
    ['an empty entry', PROXY, PROXY, `${VISITOR},`, PROXY],
    ['an empty first entry', PROXY, PROXY, `,${VISITOR}`, VISITOR],
    ['an octet with a leading zero', PROXY, PROXY, '010.1.1.1', PROXY],
    ['an octet too large', PROXY, PROXY, '1.1.1.256', PROXY],
    ['three octets', PROXY, PROXY, '1.1.1', PROXY],
    ['a port without a number', PROXY, PROXY, `${VISITOR}:`, PROXY],
    ['a host name', PROXY, PROXY, 'visitor.example', PROXY],
    ['two compressions', PROXY, PROXY, '1::2::3', PROXY],
    ['no hop', '0', PROXY, VISITOR, PROXY],
    ['one hop', '1', STRANGER, `${MADE_UP}, ${VISITOR}`, VISITOR],
    ['two hops', '2', STRANGER, `${MADE_UP}, ${VISITOR}, ${PROXY}`, VISITOR],
    ['more hops than entries', '5', STRANGER, `${VISITOR}, ${PROXY}`, VISITOR],
    ['a hop that cannot be read', '2', STRANGER, `${VISITOR}, unknown`, STRANGER],
    ['a socket that is gone', PROXY, '', VISITOR, ''],
  ]
  it.each(cases)('%s', (_name, setting, socket, header, expected) => {
    expect(createClientIpReader(setting)(socket, header)).toBe(expected)
  })

  it('no list of entries makes an untrusted peer another one, and the address is never a made-up text', () => {
    const read = createClientIpReader(PROXY)
    fc.assert(
      fc.property(anyText(200), (header) => {
        expect(read(STRANGER, header)).toBe(STRANGER)
        expect(isIP(read(PROXY, header))).not.toBe(0)
      }),
    )
  })

  it('takes a header of a hundred thousand entries in its stride', () => {
    const header = Array.from({ length: 100_000 }, () => PROXY).join(',')
    expect(createClientIpReader(PROXY)(PROXY, `${VISITOR},${header}`)).toBe(VISITOR)
  })
})

describe('a setting that cannot be read', () => {
  it.each([
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '::ffff:10.0.0.0/104',
    '10.0.0.1, nonsense',
    '10.0.0.0/eight',
    '33',
  ])('%s is refused in one sentence that names the variable', (setting) => {
    const fault = (): unknown => createClientIpReader(setting)
    expect(fault).toThrow(UserError)
    expect(fault).toThrow(/^SLUICE_TRUSTED_PROXIES: .+\.$/)
  })
})

describe('an address', () => {
  it('is read as the system reads it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.stringMatching(/^[\da-f:.]{1,40}$/)),
        (text) => {
          const family = isIP(text)
          const address = parseAddress(text)
          // Zones, ports, brackets and blanks are the only things read beyond it.
          const mayDiffer = family === 0 && /[[\]%:\s]/.test(text)
          expect(mayDiffer || (address === undefined) === (family === 0)).toBe(true)
          expect(address ? isIP(formatAddress(address)) : undefined).toBe(address?.family)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('comes back from its text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text)
        expect(address && parseAddress(formatAddress(address))).toEqual(address)
      }),
    )
  })
})
