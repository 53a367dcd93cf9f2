import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Looks for what must be nowhere: made-up secrets that occur nowhere by chance, in every form in which they could hide. */

/** A visitor's addresses, what their user agent calls itself, and their e-mail. */
export const V4 = '93.184.216.119'
export const V6 = '2a01:4f8:c17:b0f::beef'
export const AGENT_MARK = 'Zq7xSentinel'
export const MAIL = 'jane.sentinel@private.example'

/** A form of a secret, and its bytes. */
export type Needle = readonly [name: string, bytes: Buffer]

/** A secret in the forms in which it could hide in a file. */
export function forms(secret: string): Needle[] {
  const bytes = Buffer.from(secret)
  return [
    [secret, bytes],
    [`${secret} in capitals`, Buffer.from(secret.toUpperCase())],
    [`${secret} as hex`, Buffer.from(bytes.toString('hex'))],
    [`${secret} as base64`, Buffer.from(bytes.toString('base64').replace(/=+$/, '').slice(0, -1))],
    [`${secret} percent-encoded`, Buffer.from(encodeURIComponent(secret))],
    [`${secret} as UTF-16`, Buffer.from(secret, 'utf16le')],
  ]
}

/** Addresses as text, as whole numbers and as raw bytes in both orders. */
export function addressForms(v4: string, v6: string): Needle[] {
  const bytes = Buffer.from(v4.split('.').map(Number))
  const reversed = Buffer.from(bytes).reverse()
  const long = v6Bytes(v6)
  const hex = long.toString('hex')
  return [
    ...forms(v4),
    ...forms(v6),
    ['IPv6 in full', Buffer.from([0, 4, 8, 12].map((at) => hex.slice(at, at + 4)).join(':'))],
    ['IPv4-mapped', Buffer.from(`::ffff:${v4}`)],
    ['IPv4 as whole number', Buffer.from(String(bytes.readUInt32BE()))],
    ['IPv4 as whole number, reversed', Buffer.from(String(bytes.readUInt32LE()))],
    ['IPv4 as hex', Buffer.from(bytes.toString('hex'))],
    ['IPv4 network of 24 bits', Buffer.from(v4.replace(/\.\d+$/, '.0'))],
    ['IPv6 as bytes', long],
    ['IPv6 as bytes, reversed', Buffer.from(long).reverse()],
    ['IPv6 as hex', Buffer.from(hex)],
    ['IPv4 as bytes, with the mapped prefix', Buffer.concat([Buffer.from('ffff', 'hex'), bytes])],
    ['IPv4 as bytes reversed, with the mapped prefix', Buffer.concat([reversed, Buffer.from('ffff', 'hex')])],
  ]
}

const groups = (part: string): number[] =>
  part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))

function v6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::')
  const [front, back] = [groups(head), groups(tail)]
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
  const bytes = Buffer.alloc(16)
  for (const [index, group] of all.entries()) bytes.writeUInt16BE(group, index * 2)
  return bytes
}

/** Where each needle was found, `store.db: jane as hex`, and how many files were looked through. */
export function searchFolders(
  folders: readonly string[],
  needles: readonly Needle[],
): { files: number; found: string[] } {
  const found: string[] = []
  let files = 0
  for (const folder of folders) {
    for (const file of filesIn(folder)) {
      files++
      found.push(...searchBytes(path.relative(folder, file), readFileSync(file), needles))
    }
  }
  return { files, found }
}

export function searchBytes(where: string, content: Buffer, needles: readonly Needle[]): string[] {
  return needles.flatMap(([name, needle]) => (content.includes(needle) ? [`${where}: ${name}`] : []))
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(file)
    else if (entry.isFile()) yield file
  }
}
