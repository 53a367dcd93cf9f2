import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_PAGE, scrubPath, scrubText, type ScrubKind } from '../../../server/enrich/scrub.ts'
import { cpuMs } from '../../support/cpu-time.ts'
import { corpus } from '../../support/corpora.ts'
import { createRandom, makePersonal, PERSONAL_KINDS, randomToken } from '../../support/personal.ts'

const page = (path: string): string => scrubPath(new URL(`https://example.com${path}`))
const route = (address: string): string => scrubPath(new URL(address), undefined, 'route')

/** Addresses that people recognise: none of them may change. */
const ORDINARY =
  `/ /pricing /about-us/team /blog/how-to-write-better-typescript-in-2026 /docs/v1.2.3/install /a/b/c/d/e/
/products/usb-c-cable-2m /2026/11/24/release-notes /2026-11-24-weekly-news /news/20261124/headline /index.html /feed.xml
/wiki/InternationalBusinessMachines /wiki/HTML /README.md /sitemap_index.xml /shop/iphone-15-pro-max-256gb-blue-titanium
/samsung-galaxy-s24-ultra-5g-sm-s928b /docs/api/v2/users /order/1234 /page/42 /tag/c++ /tag/c%23 /search/node.js
/@jane/my-post /package/@types/node /lodash@4.17.21/lodash.min.js /react@18 /en-US/docs/Web/API/URLSearchParams
/rfc9110 /rfc/rfc9110.html /sha256 /utf-8 /x86_64 /mp3-to-mp4 /h264-vs-h265 /4k-120fps-hdmi-2-1 /2x16gb-ddr5-6000mhz
/kubernetes-k8s-kubectl-crd-rbac-tls /i18n-l10n-a11y-guide /b2b-saas-crm-erp-roi-kpi-seo-sem /web3-nft-faq
/datenschutzerklaerung-und-rechtsschutzversicherung /rechtsschutzversicherungsgesellschaften /szczegoly-przesylki-kurierskiej
/vysokoskolsky-zivot-ctvrtek-zmrzlina /tin-tuc-bong-da-moi-nhat-hom-nay /ueber-uns /produits/chaussures-femme
/getting-started-with-nginx-and-php-fpm /mysql-vs-postgresql-vs-mssql-vs-sqlite /ISO-IEC-27001-2022-certification
/TypeScript5ReleaseNotes /WYSIWYGEditorForMarkdown /HowToWriteBetterTypeScript /HTMLCanvasElementToBlob /ListOfCountriesByGDPPerCapita /canon-eos-r5-24-105mm-f4-l-is-usm
/File:Flag_of_the_United_Kingdom.svg /node-v20.20.2-linux-x64.tar.gz /main-es2015.c58e2a5b.js /my_long_python_module_name.py
/xbox-series-x-vs-ps5-vs-pc /rtx-4090-vs-rx-7900-xtx-benchmark /nvme-m2-ssd-2tb-pcie-gen4x4 /1920x1080 /16-9-vs-21-9
/price/100-2000 /season/2024-2025 /euro-2024-quarter-finals /top-10-films-of-2025 /windows-11-24h2 /macos-15-2
/std::vector/push_back /a:b:c /time/10:30 /chrome/120.0.6099.109 /jquery-3.7.1.min.js /app/#section /big-buck-bunny-1080p
/presentations/logstash-scale11x/images/header.jpg /blog/geekery/ssl-latency.html /style2.css /images/web/2009/banner.png
/Flughafen_Berlin_Brandenburg_Willy_Brandt /the-quick-brown-fox-jumps-over-the-lazy-dog-again-and-again-and-again
/checkout/step-2/payment /faq?page=2 /de/impressum /KB5034441 /boeing-737-800 /route-66 /area-51 /channel-4 /24-7-support`
    .split(/\s+/)
    .filter((path) => path !== '')

describe('R1.1 pages that people recognise', () => {
  it('stay as they are', () => {
    expect(ORDINARY.length).toBeGreaterThan(80)
    for (const path of ORDINARY) expect(page(path)).toBe(path.split(/[?#]/)[0])
  })

  it('become readable where they are not written in ASCII', () => {
    expect(page('/caf%C3%A9')).toBe('/café')
    expect(page('/日本/Привет')).toBe('/日本/Привет')
    // What cannot be seen, turns text around or is broken stays encoded.
    expect(page('/a%E2%80%AEb/%E2%80%8B/%00/%E0%A4%A/%')).toBe('/a%E2%80%AEb/%E2%80%8B/%00/%E0%A4%A/%')
    expect(page('/a%20b/c%2Fd%3Fe')).toBe('/a%20b/c%2Fd%3Fe')
  })

  it('lose query and fragment', () => {
    expect(page('/a?email=jane@example.com#jane@example.com')).toBe('/a')
    expect(scrubPath('/a?b#c')).toBe('/a')
    expect(scrubPath('')).toBe('/')
    expect(scrubPath(new URL('https://example.com/#/x'))).toBe('/')
  })

  it('keep the fragment where it is the route', () => {
    expect(route('https://example.com/app#/orders/list?a=1')).toBe('/app#/orders/list')
    expect(route('https://example.com/app#!orders')).toBe('/app#!orders')
    expect(route('https://example.com/app#section')).toBe('/app')
    expect(route('https://example.com/app#/u/jane@example.com')).toBe('/app#/u/:email')
  })

  it('are cut without leaving half a character', () => {
    expect(page(`/${'a-'.repeat(2_000)}`)).toHaveLength(MAX_PAGE)
    const letters = page(`/${'é'.repeat(2_000)}`)
    expect(letters).toBe(`/${'é'.repeat(MAX_PAGE - 1)}`)
    for (let shift = 0; shift < 4; shift++) {
      const cut = page(`/${'a'.repeat(shift)}${'%20'.repeat(600)}`)
      expect(() => decodeURIComponent(cut)).not.toThrow()
      expect(page(`/${'a'.repeat(shift)}${'😀'.repeat(900)}`)).not.toMatch(/\p{Cs}/u)
    }
  })
})

describe('R1.1 personal data in addresses', () => {
  it.each([
    ['/u/jane.doe@example.com/x', '/u/:email/x'],
    ['/u/jane%40example.com', '/u/:email'],
    ['/u/jane%2540example.com', '/u/:email'],
    ['/u/jane%252540example.com', '/u/:email'],
    ['/u/%6Aane%40example%2Ecom', '/u/:email'],
    ['/user/%22jane%20doe%22@example.com', '/user/:email'],
    ['/mail-to-jane+news@mail.example.co.uk-now', '/:email'],
    ['/tel/+49-170-1234567', '/tel/:phone'],
    ['/tel/+49%20(30)%20123456', '/tel/:phone'],
    ['/tel/0049301234567', '/tel/:phone'],
    ['/call/415-555-0123', '/call/:phone'],
    ['/call/1-415-555-0123', '/call/:phone'],
    ['/call/(415)%20555-0123', '/call/:phone'],
    ['/call/415.555.0123', '/call/:phone'],
    ['/call/0151%2023456789', '/call/:phone'],
    ['/call/06.12.34.56.78', '/call/:phone'],
    ['/call/2026-11-24-415-555-0123', '/call/2026-11-24-:phone'],
    ['/call/4155550123', '/call/:id'],
    ['/card/4111111111111111', '/card/:card'],
    ['/card/4111-1111-1111-1111', '/card/:card'],
    ['/card/4111%201111%201111%201111/12-28', '/card/:card/12-28'],
    ['/card/3782-822463-10005', '/card/:card'],
    ['/card4111111111111111x', '/card:cardx'],
    ['/card/4111111111111112', '/card/:id'],
    ['/IMG_20261124_101530.jpg', '/IMG_20261124_:id.jpg'],
    ['/ssn/078-05-1120', '/ssn/:id'],
    ['/iban/DE89370400440532013000', '/iban/:id'],
    ['/iban/GB29%20NWBK%206016%201331%209268%2019', '/iban/:id'],
    ['/orders/12345/edit', '/orders/:id/edit'],
    ['/orders/12345.html', '/orders/:id.html'],
    ['/orders/order-12345', '/orders/order-12345'],
    ['/p/nice-title-483920', '/p/nice-title-:id'],
    ['/t/550e8400-e29b-41d4-a716-446655440000', '/t/:uuid'],
    ['/t/550E8400E29B41D4A716446655440000', '/t/:token'],
    ['/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/commit/:token'],
    ['/reset/aB3xY9kLmN0pQrStUvWx', '/reset/:token'],
    ['/reset-password-aB3xY9kLmN0pQrStUvWx', '/reset-password-:token'],
    ['/report;jsessionid=1A2B3C4D5E6F7A8B9C0D1E2F', '/report;jsessionid=:token'],
    [
      '/r/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c/x',
      '/r/:token/x',
    ],
    ['/key/AKIAIOSFODNN7EXAMPLE', '/key/:token'],
    ['/key/ghp_abcdefghijklmnopqrstuvwxyzabcdefghij', '/key/:token'],
    ['/map/@52.5200,13.4050,15z', '/map/@:place,15z'],
    ['/map/-33.8688/151.2093', '/map/:place/:place'],
    ['/map/52.520;13.405', '/map/:place'],
    ['/whois/93.184.216.119', '/whois/:ip'],
    ['/whois/2001:db8::ff00:42:8329', '/whois/:ip'],
    ['/docs/v1.2.3.4', '/docs/v1.2.3.4'],
  ])('%s becomes %s', (path, expected) => {
    expect(page(path)).toBe(expected)
  })

  it('of 100,000 made-up ones none survives', { timeout: 120_000 }, () => {
    const random = createRandom(20_261_124)
    const survived: string[] = []
    const counts = new Map<string, number>()
    for (let i = 0; i < 100_000; i++) {
      const kind = PERSONAL_KINDS[i % PERSONAL_KINDS.length] as string
      const { raw, address } = makePersonal(kind, random)
      const scrubbed = page(address)
      const readable = decodeURIComponent(scrubbed.replace(/%(?![\da-f]{2})/gi, '%25'))
      if (scrubbed.includes(raw) || readable.includes(raw) || scrubbed.includes(encodeURIComponent(raw))) {
        survived.push(`${kind} ${address} -> ${scrubbed}`)
      }
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
    expect(survived.slice(0, 10)).toEqual([])
    expect([...counts.values()].every((count) => count > 5_000)).toBe(true)
  })

  it('random text of 128 bits and more is known as such', () => {
    const random = createRandom(7)
    const missedOf = (length: number, alphabet: string): number => {
      let missed = 0
      for (let i = 0; i < 10_000; i++) {
        const token = randomToken(random, length, alphabet)
        if (page(`/reset/${token}`) === `/reset/${token}`) missed++
      }
      return missed
    }
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    expect(missedOf(22, `${letters}0123456789-_`)).toBeLessThan(50)
    expect(missedOf(22, `${letters}0123456789`)).toBeLessThan(10)
    expect(missedOf(26, '0123456789ABCDEFGHJKMNPQRSTVWXYZ')).toBeLessThan(10)
    expect(missedOf(25, 'abcdefghijklmnopqrstuvwxyz0123456789')).toBeLessThan(30)
    expect(missedOf(32, `${letters}0123456789-_`)).toBeLessThan(5)
  })
})

describe('scrubbing', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      '@',
      '.',
      'com',
      '/',
      '-',
      '12',
      '3456',
      '4111',
      '+',
      ' ',
      '%40',
      '%',
      ':',
      '"',
      'aB3xY9',
      ',',
    ),
    fc.string({ maxLength: 3 }),
  )
  const mixed = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  it('twice changes nothing', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const once = page(`/${text.replace(/^[/\\]+/, '')}`)
        expect(page(once)).toBe(once)
        expect(scrubPath(once)).toBe(once)
        const plain = scrubText(text)
        expect(scrubText(plain)).toBe(plain)
      }),
      { numRuns: 3_000 },
    )
  })

  it('counts by kind and tells nothing else', () => {
    const counts: Partial<Record<ScrubKind, number>> = {}
    const count = (kind: ScrubKind): void => void (counts[kind] = (counts[kind] ?? 0) + 1)
    scrubPath('/a@b.example/12345/c@d.example', count)
    scrubText('call +49 170 1234567', count)
    scrubPath('/plain/page', count)
    expect(counts).toEqual({ email: 2, id: 1, phone: 1 })
  })

  it('of free text keeps short numbers and takes personal data out', () => {
    expect(scrubText('Spring Sale 2026 50% 12345')).toBe('Spring Sale 2026 50% 12345')
    expect(scrubText('jane@example.com 4155550123 +1 415 555 0123')).toBe(':email :id :phone')
    expect(scrubText('')).toBe('')
  })

  it('takes no long time for any text of a kilobyte or two', () => {
    const repeated = [
      '1',
      'a@',
      'eyJ',
      '1.',
      '1-',
      ':a',
      'aA1',
      '%25',
      '1.111,',
      'a.b@c.d',
      'DE89 3704 ',
      '12 345 6789 ',
      '"@a.bc',
      'ab12-',
      '1234:',
      '"',
    ]
    for (const part of repeated) {
      const text = part.repeat(Math.ceil(2_048 / part.length))
      const isQuick = cpuMs(() => page(`/${text}`) + scrubText(text)) < 50
      expect({ part, isQuick }).toEqual({ part, isQuick: true })
    }
  })

  it('takes hostile text as it comes', () => {
    const naughty = [
      '\u202e',
      "'; DROP TABLE",
      '<script>',
      '%00',
      ...(JSON.parse(corpus('hostile/blns.json') ?? '[]') as string[]),
    ]
    for (const text of naughty) {
      const once = page(`/x/${encodeURIComponent(text.replace(/\p{Cs}/gu, ''))}`)
      expect(once.length).toBeLessThanOrEqual(MAX_PAGE)
      expect(once).not.toMatch(/[\p{Cc}\p{Cs}]/u)
      expect(page(once)).toBe(once)
    }
  })
})
