/** Made-up personal data in addresses of pages, from a seed, so that a failure can be seen again. */

export type Random = (below: number) => number

/** Mulberry32: a small generator that gives the same numbers for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function randomToken(random: Random, length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('')
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T
const digits = (random: Random, length: number): string => randomToken(random, length, '0123456789')

const MAKERS: Record<string, (random: Random) => string> = {
  email(random) {
    const name = randomToken(random, 2 + random(8), LETTERS)
    const more = pick(random, [
      '',
      `.${randomToken(random, 3 + random(6), LETTERS)}`,
      `+${digits(random, 2)}`,
      `_${digits(random, 1)}`,
    ])
    return `${name}${more}@${randomToken(random, 3 + random(8), LETTERS)}.${pick(random, ['com', 'de', 'co.uk', 'example', 'museum'])}`
  },
  phone(random) {
    const area = String(201 + random(790))
    const [exchange, line] = [String(200 + random(800)), digits(random, 4)]
    return pick(random, [
      `+1${area}${exchange}${line}`,
      `+1-${area}-${exchange}-${line}`,
      `(${area}) ${exchange}-${line}`,
      `${area}-${exchange}-${line}`,
      `${area}.${exchange}.${line}`,
      `${area} ${exchange} ${line}`,
      `+49 ${30 + random(9)} ${1 + random(9)}${digits(random, 6)}`,
      `+49${1 + random(9)}${digits(random, 9)}`,
      `0${30 + random(60)}-${1 + random(9)}${digits(random, 6)}`,
      `00331${digits(random, 8)}`,
      `06 ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)}`,
      `020 7${digits(random, 3)} ${digits(random, 4)}`,
      `9${digits(random, 9)}`,
    ])
  },
  card(random) {
    const start = pick(random, ['4', '51', '55', '2221', '34', '37', '6011', '36'])
    const length = start === '34' || start === '37' ? 15 : start === '36' ? 14 : 16
    const body = start + digits(random, length - 1 - start.length)
    const number = body + checkDigit(body)
    const groups =
      length === 16 ? number.replace(/(.{4})(?=.)/g, '$1 ') : number.replace(/^(.{4})(.{6})/, '$1 $2 ')
    return pick(random, [number, groups, groups.replaceAll(' ', '-')])
  },
  ssn: (random) =>
    `${String(100 + random(566))}-${String(1 + random(99)).padStart(2, '0')}-${digits(random, 4)}`,
  hex: (random) => randomToken(random, pick(random, [24, 32, 40, 64]), '0123456789abcdef'),
  uuid: (random) =>
    [8, 4, 4, 4, 12].map((length) => randomToken(random, length, '0123456789abcdef')).join('-'),
  token: (random) => randomToken(random, 43, BASE64URL),
  jwt: (random) =>
    ['{"alg":"HS256"}', JSON.stringify({ sub: digits(random, 9) })]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.') + `.${randomToken(random, 43, BASE64URL)}`,
  place: (random) =>
    `${random(90)}.${digits(random, 4)}${1 + random(9)},${random(180)}.${digits(random, 4)}${1 + random(9)}`,
  // Not of eight digits: those can be a date.
  record: (random) => `${1 + random(9)}${digits(random, pick(random, [5, 6, 8, 9, 10, 11, 12, 13, 15, 17]))}`,
}
export const PERSONAL_KINDS = Object.keys(MAKERS)

function checkDigit(body: string): number {
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i])
    sum += i % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit
  }
  return (10 - (sum % 10)) % 10
}

const escapeAll = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

/** One value and an address of a page that carries it: alone, within words, encoded once or twice, in every part. */
export function makePersonal(kind: string, random: Random): { raw: string; address: string } {
  const raw = (MAKERS[kind] as (random: Random) => string)(random)
  const encode = pick(random, [
    (text: string) =>
      encodeURIComponent(text).replaceAll('%40', '@').replaceAll('%2B', '+').replaceAll('%2C', ','),
    encodeURIComponent,
    (text: string) => encodeURIComponent(encodeURIComponent(text)),
    escapeAll,
    (text: string) => escapeAll(escapeAll(text)),
  ])
  const value = encode(raw)
  const address = pick(random, [
    `/${value}`,
    `/user/${value}/edit`,
    `/account-${value}`,
    `/a/${value}-profile.html`,
    `/p;id=${value}`,
    `/reset/${value}?email=${value}#${value}`,
    `/x/${value}/${value}`,
    `/Caf%C3%A9/${value}/`,
  ])
  return { raw, address }
}
