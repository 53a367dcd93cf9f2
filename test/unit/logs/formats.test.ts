import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectFormat, openFormat } from '../../../server/logs/formats/index.ts'
import { isFault, LOG_FORMATS, type LogFormat, type LogLine } from '../../../server/logs/line.ts'
import { corpus, corpusLines } from '../../support/corpora.ts'

const TIME = Date.parse('2015-05-17T10:05:03Z')
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:25.0) Gecko/20100101 Firefox/25.0'

function combined(
  request: string,
  more: { status?: string; referrer?: string; agent?: string } = {},
): string {
  const { status = '200', referrer = '-', agent = AGENT } = more
  return `192.0.2.7 - - [17/May/2015:10:05:03 +0000] "${request}" ${status} 1015 "${referrer}" "${agent}"`
}

function read(format: LogFormat, ...lines: string[]): LogLine {
  const reader = openFormat(format)
  const found = lines.map((line) => reader(line)).at(-1)
  if (!found || isFault(found)) throw new Error(`the line was not read: ${found?.fault}`)
  return found
}

function faultOf(format: LogFormat, ...lines: string[]): string {
  const reader = openFormat(format)
  const found = lines.map((line) => reader(line)).at(-1)
  return found && isFault(found) ? found.fault : 'none'
}

const CADDY = {
  ts: TIME / 1_000 + 0.25,
  request: {
    remote_ip: '10.0.0.1',
    client_ip: '192.0.2.7',
    method: 'GET',
    host: 'www.example.com:8443',
    uri: '/a?b=1',
    headers: { 'User-Agent': [AGENT], Referer: ['https://news.example/x'] },
  },
  size: 1015,
  status: 200,
}
const FIELDS =
  '#Fields: date time sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header'
const CLOUDFRONT =
  '2015-05-17\t10:05:03\t1015\t192.0.2.7\tGET\td1.cloudfront.net\t/a\t200\thttps://news.example/x\tMozilla/5.0%20(X11)\tb=1\twww.example.com'
const ALB =
  'h2 2015-05-17T10:05:03.250000Z app/web/50 192.0.2.7:2817 10.0.0.1:80 0.0 -1 -1 200 - 34 1015 "GET https://www.example.com:443/a?b=1 HTTP/2.0" "Mozilla/5.0 (X11)" - - arn "Root=1" "-"'

describe('access log formats', () => {
  const request = {
    method: 'GET',
    path: '/a',
    query: 'b=1',
    status: 200,
    bytes: 1015,
    address: '192.0.2.7',
    tellsAgent: true,
    durationMs: 0,
  }

  it('R8.7 reads the same request in every format', () => {
    expect(read('combined', combined('GET /a?b=1 HTTP/1.1', { referrer: 'https://news.example/x' }))).toEqual(
      {
        ...request,
        timeMs: TIME,
        host: '',
        referrer: 'https://news.example/x',
        userAgent: AGENT,
      },
    )
    expect(
      read('common', '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 1015'),
    ).toEqual({
      ...request,
      timeMs: TIME,
      host: '',
      referrer: '',
      userAgent: '',
      tellsAgent: false,
    })
    expect(read('caddy', JSON.stringify(CADDY))).toEqual({
      ...request,
      timeMs: TIME + 250,
      host: 'www.example.com',
      referrer: 'https://news.example/x',
      userAgent: AGENT,
    })
    expect(read('cloudfront', '#Version: 1.0', FIELDS, CLOUDFRONT)).toEqual({
      ...request,
      timeMs: TIME,
      host: 'www.example.com',
      referrer: 'https://news.example/x',
      userAgent: 'Mozilla/5.0 (X11)',
    })
    expect(read('alb', ALB)).toEqual({
      ...request,
      timeMs: TIME + 250,
      host: 'www.example.com',
      referrer: '',
      userAgent: 'Mozilla/5.0 (X11)',
    })
  })

  it('R8.7 reads how long a request took where the log tells it', () => {
    const tookOf = (format: LogFormat, ...lines: string[]): number => read(format, ...lines).durationMs
    const caddy = (duration: unknown): number => tookOf('caddy', JSON.stringify({ ...CADDY, duration }))
    expect([0.25, 0.0000029, 0, 12, 12e9, '1m2.5s', '350µs', '', null, -1].map((one) => caddy(one))).toEqual([
      250, 1, 1, 12_000, 12_000, 62_500, 1, 0, 0, 0,
    ])
    const cloudfront = (taken: string): number =>
      tookOf('cloudfront', `${FIELDS} time-taken`, `${CLOUDFRONT}\t${taken}`)
    expect(['0.113', '0.000', '2', '-', 'x'].map((one) => cloudfront(one))).toEqual([113, 1, 2_000, 0, 0])
    const alb = (times: string): number => tookOf('alb', ALB.replace('0.0 -1 -1', times))
    expect(
      ['0.001 0.030 0.000', '0.000 0.000 0.000', '-1 -1 -1', '0.001 -1 -1'].map((one) => alb(one)),
    ).toEqual([31, 1, 0, 0])
    const nginx = (rest: string): number => tookOf('combined', `${combined('GET / HTTP/1.1')}${rest}`)
    expect(
      [
        '',
        ' 0.042',
        ' "203.0.113.7" "0.042"',
        ' uct="0.001" urt=0.030 rt=0.042',
        // As the ingress of Kubernetes writes it: length and time of the request, then of the upstream.
        ' 512 0.042 [web-80] [] 10.0.0.1:80 1015 0.040 200 7f',
        ' "request_time":0.042',
        ' 3.45 1700000000.123 1.2.345 -',
      ].map((one) => nginx(one)),
    ).toEqual([0, 42, 42, 42, 42, 0, 0])
  })

  it('tells the formats apart, a header or a broken line in front or not', () => {
    expect(detectFormat(['nothing', combined('GET / HTTP/1.1')])).toBe('combined')
    expect(detectFormat(['192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 -'])).toBe('common')
    expect(detectFormat([JSON.stringify(CADDY)])).toBe('caddy')
    expect(detectFormat(['#Version: 1.0', FIELDS, CLOUDFRONT])).toBe('cloudfront')
    expect(detectFormat([ALB])).toBe('alb')
    expect(detectFormat(['{}', 'a b c', ''])).toBeUndefined()
  })

  it('reads quotes, backslashes and bytes as servers escape them', () => {
    const escaped = combined('GET /a HTTP/1.1', { agent: String.raw`a \"b\" c\\d \xc3\xa4` })
    expect(read('combined', escaped).userAgent).toBe(String.raw`a "b" c\d ä`)
    expect(read('combined', combined('GET /a HTTP/1.1', { agent: 'a "b"c' })).userAgent).toBe('a "b"c')
    expect(read('combined', combined(String.raw`\x16\x03\x01`, { status: '400' }))).toMatchObject({
      method: '',
      path: '',
      status: 400,
    })
    expect(read('combined', combined('-', { status: '408' })).method).toBe('')
  })

  it('reads spaces in targets, absolute targets, users with brackets and what follows the agent', () => {
    expect(read('combined', combined('GET /a b?c d HTTP/1.1'))).toMatchObject({ path: '/a b', query: 'c d' })
    expect(read('combined', combined('GET http://WWW.example.com:80?x HTTP/1.1'))).toMatchObject({
      host: 'www.example.com',
      path: '/',
      query: 'x',
    })
    expect(read('combined', combined('GET /a'))).toMatchObject({ method: 'GET', path: '/a' })
    expect(read('combined', combined('OPTIONS * HTTP/1.1'))).toMatchObject({ method: 'OPTIONS', path: '' })
    expect(read('combined', combined('get /a HTTP/1.1')).method).toBe('')
    const user = combined('GET /a HTTP/1.1').replace('- - ', '- [x] y z ')
    expect(read('combined', `${user} "10.0.0.1" 0.003`).path).toBe('/a')
  })

  it('reads addresses with ports, IPv6 and names', () => {
    const from = (address: string): string =>
      read('combined', combined('GET / HTTP/1.1').replace('192.0.2.7', address)).address
    expect(from('2001:db8::1')).toBe('2001:db8::1')
    expect(from('[2001:db8::1]:443')).toBe('2001:db8::1')
    expect(from('192.0.2.7:8080')).toBe('192.0.2.7')
    expect(from('host.example.com')).toBe('host.example.com')
    expect(from('-')).toBe('')
    expect(read('alb', ALB.replace('192.0.2.7:2817', '[fe80::1]:443')).address).toBe('fe80::1')
  })

  it('keeps odd statuses and survives none', () => {
    expect(read('alb', ALB.replace('-1 200 -', '-1 460 -')).status).toBe(460)
    expect(read('alb', ALB.replace('-1 200 -', '-1 - -')).status).toBe(0)
    expect(read('caddy', JSON.stringify({ ...CADDY, status: 0 })).status).toBe(0)
    expect(read('combined', combined('GET / HTTP/1.1', { status: '499' })).status).toBe(499)
    expect(faultOf('combined', combined('GET / HTTP/1.1', { status: '999' }))).toBe(
      'no status behind the request',
    )
  })

  it('leaves percent-encoding of a path as it is and undoes that of CloudFront’s agent once', () => {
    expect(read('combined', combined('GET /%%32%65/%zz HTTP/1.1')).path).toBe('/%%32%65/%zz')
    const twice = CLOUDFRONT.replace('Mozilla/5.0%20(X11)', 'a%2520b%ff%E2%82%AC%')
    expect(read('cloudfront', FIELDS, twice).userAgent).toBe('a%20b\ufffd€%')
  })

  it('reads the time in every offset, and no day that there is none', () => {
    const at = (time: string): string =>
      combined('GET / HTTP/1.1').replace('17/May/2015:10:05:03 +0000', time)
    expect(read('combined', at('17/May/2015:12:05:03 +0200')).timeMs).toBe(TIME)
    expect(read('combined', at('17/May/2015:04:35:03 -0530')).timeMs).toBe(TIME)
    expect(faultOf('combined', at('31/Feb/2015:10:05:03 +0000'))).toBe('no time in brackets')
    expect(faultOf('combined', at('17/Mai/2015:10:05:03 +0000'))).toBe('no time in brackets')
    expect(read('caddy', JSON.stringify({ ...CADDY, ts: '2015-05-17T10:05:03Z' })).timeMs).toBe(TIME)
    expect(read('caddy', JSON.stringify({ ...CADDY, ts: TIME })).timeMs).toBe(TIME)
    expect(read('caddy', JSON.stringify({ ...CADDY, ts: TIME * 1e6 })).timeMs).toBe(TIME)
  })

  it('refuses columns without their names, and columns that are more or fewer', () => {
    expect(faultOf('cloudfront', CLOUDFRONT)).toMatch(/#Fields/)
    expect(faultOf('cloudfront', FIELDS, `${CLOUDFRONT}\tmore`)).toBe(
      '13 columns where the line "#Fields:" names 12',
    )
    expect(faultOf('alb', 'http 2015-05-17T10:05:03Z a b')).toMatch(/fewer/)
    expect(faultOf('caddy', '{"level":"error"}')).toBe('no request in it')
    expect(faultOf('caddy', '[')).toBe('no JSON object')
  })

  it('never throws, whatever a line holds', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      ' ',
      '\t',
      '[',
      ']',
      '-',
      '#',
      '{',
      '%',
      ':',
      '200',
      combined('GET / HTTP/1.1'),
      ALB,
      CLOUDFRONT,
      JSON.stringify(CADDY),
      '\ufffd',
      '\ud800',
    )
    const lines = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 30 })
    fc.assert(
      fc.property(lines, fc.nat(), (parts, cut) => {
        const joined = parts.join('')
        for (const line of [joined, joined.slice(cut % (joined.length + 1))]) {
          for (const format of LOG_FORMATS) {
            const reader = openFormat(format)
            reader(FIELDS)
            const found = reader(line)
            if (found && !isFault(found)) {
              expect(found.status).toBeLessThan(600)
              expect(Number.isInteger(found.timeMs) && Number.isInteger(found.bytes)).toBe(true)
            }
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes time in proportion to the line', () => {
    const size = 60_000
    const long = [' [', '"', '\\"', '" "', '\\x41', '%41', 'a.', '1:', '\t', '{"request":'].map((piece) =>
      piece.repeat(Math.ceil(size / piece.length)),
    )
    for (const piece of long) {
      const lines = [
        piece,
        combined(`GET /${piece} HTTP/1.1`),
        combined('GET / HTTP/1.1', { referrer: piece, agent: piece }),
        ALB.replace('/a?b=1', piece),
        CLOUDFRONT.replace('Mozilla/5.0', piece),
        JSON.stringify({
          ...CADDY,
          request: { ...CADDY.request, host: piece, client_ip: piece, uri: piece },
        }),
      ]
      const from = performance.now()
      for (const format of LOG_FORMATS) {
        const reader = openFormat(format)
        for (const line of [FIELDS, ...lines]) reader(line)
      }
      expect(performance.now() - from).toBeLessThan(1_000)
    }
  })
})

interface Expected {
  time: string
  ip: string
  method: string
  path: string
  query: string | null
  status: number
  bytes: number
  referrer: string | null
  ua: string | null
}

/** Reads a log as a whole: its requests, and how many of its lines were none. */
function readAll(format: LogFormat, text: string): { lines: LogLine[]; faults: string[] } {
  const reader = openFormat(format)
  const found = text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => reader(line) ?? [])
  return {
    lines: found.filter((one): one is LogLine => !isFault(one)),
    faults: found.filter(isFault).map(({ fault }) => fault),
  }
}

const EXPECTED = corpusLines<Expected>('logs/equivalent/expected.jsonl')

describe.runIf(EXPECTED.length > 0)('logs of others', () => {
  it.each([
    ['combined', 'combined.log'],
    ['caddy', 'caddy.jsonl'],
    ['cloudfront', 'cloudfront.log'],
    ['alb', 'alb.log'],
  ] as const)('R8.7 reads 200 requests in %s line by line', (format, file) => {
    const { lines, faults } = readAll(format, corpus(`logs/equivalent/${file}`) ?? '')
    expect(faults).toEqual([])
    const without = format === 'alb' ? { referrer: null } : {}
    expect(
      lines.map((line) => ({
        time: new Date(line.timeMs).toISOString().replace('.000Z', 'Z'),
        ip: line.address,
        method: line.method,
        path: line.path,
        query: line.query === '' ? null : line.query,
        status: line.status,
        bytes: line.bytes,
        referrer: line.referrer === '' ? null : line.referrer,
        ua: line.userAgent === '' ? null : line.userAgent,
      })),
    ).toEqual(EXPECTED.map((expected) => ({ ...expected, ...without })))
  })

  it('reads a whole site’s log, and what Caddy, CloudFront and load balancers write', () => {
    expect(readAll('combined', corpus('logs/apache/access.log') ?? '')).toMatchObject({ faults: [] })
    expect(readAll('caddy', corpus('logs/caddy/access.jsonl') ?? '').lines).toHaveLength(5)
    expect(readAll('cloudfront', corpus('logs/cloudfront/standard-33col.log') ?? '').lines).toHaveLength(3)
    expect(readAll('alb', corpus('logs/alb/access.log') ?? '').lines).toHaveLength(12)
    const legacy = readAll('cloudfront', corpus('logs/cloudfront/legacy-17col.tsv') ?? '')
    expect(legacy.lines).toEqual([])
    expect(new Set(legacy.faults).size).toBe(1)
  })
})
