import { describe, expect, it } from 'vitest'
import { isBotAgent } from '../../../server/enrich/bot.ts'
import { createAgentReader, DEVICE_TYPES, parseAgent } from '../../../server/enrich/user-agent.ts'
import { cpuMs } from '../../support/cpu-time.ts'
import { corpusLines } from '../../support/corpora.ts'
import { CHROME, IPHONE, makeFacts } from '../../support/facts.ts'

const NO_HINTS = { brands: '', platform: '', mobile: '' }
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const IOS = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

/** Agents of our own: browser, version, system, version, device. */
const AGENTS: [agent: string, ...is: string[]][] = [
  [CHROME, 'Chrome', '139', 'Windows', '10', 'desktop'],
  [IPHONE, 'Safari', '17', 'iOS', '17', 'mobile'],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS} Version/17.4 Safari/605.1.15`,
    'Safari',
    '17',
    'macOS',
    '10.15',
    'desktop',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/139.0.0.0 Mobile Safari/537.36`,
    'Chrome',
    '139',
    'Android',
    '14',
    'mobile',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X700) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`,
    'Chrome',
    '139',
    'Android',
    '13',
    'tablet',
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet',
    '25',
    'Android',
    '10',
    'mobile',
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${IOS} Version/16.6 Mobile/15E148 Safari/604.1`,
    'Safari',
    '16',
    'iOS',
    '16',
    'tablet',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IOS} CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1`,
    'Chrome',
    '123',
    'iOS',
    '17',
    'mobile',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IOS} FxiOS/124.0 Mobile/15E148 Safari/605.1.15`,
    'Firefox',
    '124',
    'iOS',
    '17',
    'mobile',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Firefox',
    '128',
    'Linux',
    '',
    'desktop',
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Firefox',
    '128',
    'Ubuntu',
    '',
    'desktop',
  ],
  [
    'Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0',
    'Firefox',
    '128',
    'Android',
    '14',
    'mobile',
  ],
  [`${CHROME} Edg/139.0.0.0`, 'Edge', '139', 'Windows', '10', 'desktop'],
  [`${CHROME} OPR/110.0.0.0`, 'Opera', '110', 'Windows', '10', 'desktop'],
  [`${CHROME} Vivaldi/6.8`, 'Vivaldi', '6', 'Windows', '10', 'desktop'],
  [
    'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    'Internet Explorer',
    '11',
    'Windows',
    '7',
    'desktop',
  ],
  [
    'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/5.0)',
    'Internet Explorer',
    '9',
    'Windows',
    '7',
    'desktop',
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`,
    'Chrome',
    '139',
    'ChromeOS',
    '14541',
    'desktop',
  ],
  [
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/79.0.3945.79 Safari/537.36 WebAppManager`,
    'Chrome',
    '79',
    'webOS',
    '',
    'tv',
  ],
  [
    'Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
    'Safari',
    '13',
    'PlayStation',
    '5',
    'console',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-S918B; wv) ${WEBKIT} Version/4.0 Chrome/139.0.0.0 Mobile Safari/537.36`,
    'Android WebView',
    '139',
    'Android',
    '13',
    'mobile',
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${IOS} Mobile/15E148`,
    'iOS WebView',
    '',
    'iOS',
    '17',
    'mobile',
  ],
  ['', '', '', '', '', 'desktop'],
]

describe('R8.2 browser, system and device', () => {
  it.each(AGENTS)('%s', (agent, browser, browserVersion, os, osVersion, device) => {
    expect(parseAgent(agent, NO_HINTS)).toMatchObject({ browser, browserVersion, os, osVersion, device })
  })

  it('hints name the browser that hides behind Chrome, and the real system', () => {
    const brands = '"Chromium";v="139", "Brave";v="138", "Not-A.Brand";v="99"'
    expect(parseAgent(CHROME, { ...NO_HINTS, brands })).toMatchObject({
      browser: 'Brave',
      browserVersion: '138',
    })
    const google = '"Not?A_Brand";v="24", "Google Chrome";v="139", "Chromium";v="139"'
    expect(parseAgent(CHROME, { ...NO_HINTS, brands: google })).toMatchObject({
      browser: 'Chrome',
      browserVersion: '139',
    })
    const asDesktop = `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`
    const android = { brands: google, platform: '"Android"', mobile: '?1' }
    expect(parseAgent(asDesktop, android)).toMatchObject({ os: 'Android', osVersion: '', device: 'mobile' })
    expect(parseAgent(asDesktop, { ...android, mobile: '?0' })).toMatchObject({
      os: 'Android',
      device: 'tablet',
    })
    expect(parseAgent(asDesktop, { brands: google, platform: '"Linux"', mobile: '?0' })).toMatchObject({
      os: 'Linux',
    })
    expect(parseAgent(IPHONE, { ...NO_HINTS, brands })).toMatchObject({ browser: 'Safari' })
    expect(
      parseAgent(CHROME, { brands: '"'.repeat(9_999), platform: 'nonsense', mobile: 'maybe' }),
    ).toMatchObject({
      browser: 'Chrome',
      os: 'Windows',
      device: 'desktop',
    })
  })

  it('no agent takes long or breaks the parser', () => {
    const pieces = [
      'a',
      '; ',
      'android ',
      'droid ; ',
      '.',
      'Version/1 ',
      'webkit',
      '(linux; ',
      'iphone os ',
      '\u0000',
      'ü',
      'hbbtv/1.1.1 (+;',
    ]
    for (const piece of pieces) {
      const agent = `Mozilla/5.0 ${piece.repeat(600)}`.slice(0, 512)
      expect(DEVICE_TYPES).toContain(parseAgent(agent, NO_HINTS).device)
      const isQuick = cpuMs(() => parseAgent(agent, NO_HINTS)) < 10
      expect({ piece, isQuick }).toEqual({ piece, isQuick: true })
    }
  })
})

describe('a reader that remembers', () => {
  it('answers the same as one that does not, and tells hints apart', () => {
    const read = createAgentReader(4)
    for (let round = 0; round < 3; round++) {
      for (const [agent] of AGENTS) {
        expect(read(makeFacts({ userAgent: agent }))).toEqual(parseAgent(agent, NO_HINTS))
      }
      const hints = { brands: '"Brave";v="1"', platform: '', mobile: '' }
      expect(read(makeFacts({ hints })).browser).toBe('Brave')
      const others = { ...hints, brands: '"Vivaldi";v="1"' }
      expect(read(makeFacts({ hints: others })).browser).toBe('Vivaldi')
      expect(read(makeFacts({ hints: { ...hints, mobile: '?1' } })).device).toBe('mobile')
      expect(read(makeFacts({ hints: { ...hints, platform: '"macOS"' } })).os).toBe('macOS')
      expect(read(makeFacts()).browser).toBe('Chrome')
    }
  })

  it('gives the very same answer again while it remembers, and forgets what is old', () => {
    const read = createAgentReader(4)
    const first = read(makeFacts())
    expect(read(makeFacts())).toBe(first)
    for (let i = 0; i < 9; i++) read(makeFacts({ userAgent: `Mozilla/5.0 Other/${i}` }))
    expect(read(makeFacts())).not.toBe(first)
    expect(read(makeFacts())).toEqual(first)
  })

  it('cuts what is too long', () => {
    const long = `${CHROME} ${'x'.repeat(100_000)}`
    expect(createAgentReader()(makeFacts({ userAgent: long })).browser).toBe('Chrome')
  })
})

const BOTS = [
  '',
  ' ',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5.0',
  'python-requests/2.31.0',
  'Go-http-client/2.0',
  'node',
  'axios/1.7.2',
  'okhttp/4.12.0',
  'GPTBot/1.0',
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/120.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/120.0.0.0 Safari/537.36 Prerender (+https://example.com)`,
]

describe('robots', () => {
  it('are known by what they send', () => {
    const people = AGENTS.map(([agent]) => agent).filter((agent) => agent !== '')
    expect(BOTS.filter((agent) => !isBotAgent(agent, ''))).toEqual([])
    expect(people.filter((agent) => isBotAgent(agent, ''))).toEqual([])
    expect(isBotAgent(CHROME, '"HeadlessChrome";v="139"')).toBe(true)
    expect(isBotAgent(CHROME, '"Google Chrome";v="139"')).toBe(false)
    expect(parseAgent('curl/8.5.0', NO_HINTS).isBot).toBe(true)
  })

  it('are found in the corpora: 99 of 100 and more, and of people not one in 500', () => {
    const labelled = [
      ...BOTS.map((ua) => ({ ua, bot: true })),
      ...AGENTS.filter(([ua]) => ua !== '').map(([ua]) => ({ ua, bot: false })),
      ...corpusLines<{ ua: string; bot: boolean }>('bots/bots.jsonl'),
      ...corpusLines<{ ua: string; bot: boolean }>('ua/humans.jsonl'),
    ]
    const bots = labelled.filter(({ bot }) => bot)
    const people = labelled.filter(({ bot }) => !bot)
    const caught = bots.filter(({ ua }) => isBotAgent(ua.slice(0, 512), '')).length
    const wrong = people.filter(({ ua }) => isBotAgent(ua.slice(0, 512), ''))
    process.stdout.write(
      `robots ${caught}/${bots.length}, people taken for robots ${wrong.length}/${people.length}\n`,
    )
    expect(caught / bots.length).toBeGreaterThanOrEqual(0.99)
    expect(wrong.length / people.length).toBeLessThanOrEqual(0.002)
  })
})

/** Names of uap-core where ours differ. */
const UAP: Record<string, string> = {
  'Chrome Mobile': 'Chrome',
  'Chrome Mobile iOS': 'Chrome',
  'Mobile Safari': 'Safari',
  'Firefox Mobile': 'Firefox',
  'Firefox iOS': 'Firefox',
  'Edge Mobile': 'Edge',
  'Opera Mobile': 'Opera',
  IE: 'Internet Explorer',
  'IE Mobile': 'Internet Explorer',
  'Chrome Mobile WebView': 'Android WebView',
  'Mobile Safari UI/WKWebView': 'iOS WebView',
  'Chrome OS': 'ChromeOS',
  'Mac OS X': 'macOS',
}
const MAINSTREAM = new Set([
  'Chrome',
  'Safari',
  'Firefox',
  'Edge',
  'Opera',
  'Opera Mini',
  'Internet Explorer',
  'Samsung Internet',
  'UC Browser',
  'Vivaldi',
  'Brave',
])
const SYSTEMS = new Set(['Windows', 'macOS', 'iOS', 'Android', 'Linux', 'ChromeOS', 'Ubuntu'])

describe('R8.2 the corpora', () => {
  it('mainstream browsers are named right in 97 of 100 and more', () => {
    const cases = corpusLines<{ ua: string; browser?: string | null; version?: string | null }>(
      'ua/user-agents.jsonl',
    )
      .map(({ ua, version, browser }) => ({ ua, version, browser: UAP[browser ?? ''] ?? browser ?? '' }))
      .filter(({ browser }) => MAINSTREAM.has(browser))
      .concat(
        AGENTS.filter(([, browser]) => MAINSTREAM.has(browser as string)).map(([ua, browser, version]) => ({
          ua,
          browser: browser as string,
          version: version as string,
        })),
      )
    const parsed = cases.map((row) => ({ row, is: parseAgent(row.ua.slice(0, 512), NO_HINTS) }))
    const right = parsed.filter(({ row, is }) => is.browser === row.browser)
    const versions = right.filter(({ row, is }) => (row.version ?? '').split('.')[0] === is.browserVersion)
    process.stdout.write(
      `browsers ${right.length}/${cases.length}, versions ${versions.length}/${right.length}\n`,
    )
    expect(right.length / cases.length).toBeGreaterThanOrEqual(0.97)
    expect(versions.length / right.length).toBeGreaterThanOrEqual(0.97)
  })

  it('mainstream systems are named right in 97 of 100 and more', () => {
    const cases = corpusLines<{ ua: string; os?: string | null }>('ua/user-agents.jsonl')
      .map(({ ua, os }) => ({ ua, os: UAP[os ?? ''] ?? os ?? '' }))
      .concat(AGENTS.map(([ua, , , os]) => ({ ua, os: os as string })))
      .filter(({ os }) => SYSTEMS.has(os))
    const right = cases.filter(({ ua, os }) => parseAgent(ua.slice(0, 512), NO_HINTS).os === os)
    process.stdout.write(`systems ${right.length}/${cases.length}\n`)
    expect(right.length / cases.length).toBeGreaterThanOrEqual(0.97)
  })

  it('devices of people are of the right kind in 99 of 100 visits and more', () => {
    const own = AGENTS.filter(([ua]) => ua !== '').map(([ua, , , , , deviceCategory]) => ({
      ua,
      deviceCategory,
      weight: 0.001,
    }))
    const cases = [
      ...own,
      ...corpusLines<{ ua: string; deviceCategory: string; weight: number }>('ua/humans.jsonl'),
    ]
    let [right, all] = [0, 0]
    for (const { ua, deviceCategory, weight } of cases) {
      all += weight
      if (parseAgent(ua, NO_HINTS).device === deviceCategory) right += weight
    }
    process.stdout.write(`devices ${((100 * right) / all).toFixed(2)} %\n`)
    expect(right / all).toBeGreaterThanOrEqual(0.99)
  })
})
