import { describe, expect, it } from 'vitest'
import { VERDICTS, type Verdict } from '../../../schema/email.ts'
import { verdictOf, type FetchFacts } from '../../../server/beacons/verdict.ts'
import { corpusLines } from '../../support/corpora.ts'

interface Golden {
  ua: string
  method: string
  delaySeconds: number
  expect: Verdict
  accept?: Verdict[]
  network?: string
  basis: string
}

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const AHEAD =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0'
const WEBKIT = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'

/** Cases of our own, so that the rules are tried where the golden set is not laid beside the project. */
const OWN: readonly [because: string, facts: Partial<FetchFacts>, verdict: Verdict][] = [
  ['a browser minutes later', {}, 'human'],
  ['a browser of whose mail nobody knows when it was made', { delaySeconds: undefined }, 'human'],
  ['a browser two seconds after the mail was made', { delaySeconds: 2 }, 'scanner'],
  ['a browser after three', { delaySeconds: 3 }, 'human'],
  ['only the headers', { method: 'HEAD' }, 'scanner'],
  ['a filter’s network', { network: 'Proofpoint, Inc.' }, 'scanner'],
  [
    'Microsoft while the mail is delivered',
    { network: 'Microsoft Corporation', delaySeconds: 25 },
    'scanner',
  ],
  ['Microsoft when the mail is read', { network: 'Microsoft Corporation' }, 'human'],
  ['Gmail’s cache', { userAgent: 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' }, 'proxy'],
  ['the same before anybody can read', { userAgent: 'x GoogleImageProxy', delaySeconds: 1 }, 'prefetch'],
  ['Yahoo’s cache', { userAgent: 'YahooMailProxy; https://help.yahoo.com/kb/x.html' }, 'proxy'],
  ['Gmail ahead of its reader', { userAgent: AHEAD, network: 'Google LLC' }, 'prefetch'],
  ['Apple’s protection', { userAgent: 'Mozilla/5.0', delaySeconds: 7_200 }, 'prefetch'],
  ['bare WebKit while the mail is delivered', { userAgent: WEBKIT, delaySeconds: 20 }, 'prefetch'],
  [
    'bare WebKit through Apple’s protection',
    { userAgent: WEBKIT, network: 'Akamai Technologies' },
    'prefetch',
  ],
  ['bare WebKit later', { userAgent: WEBKIT }, 'human'],
  [
    'Outlook',
    { userAgent: 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.16327; Pro)' },
    'human',
  ],
  ['a script', { userAgent: 'python-requests/2.32.0' }, 'scanner'],
  ['nothing', { userAgent: '' }, 'scanner'],
  [
    'a console',
    { userAgent: 'Mozilla/5.0 (PlayStation 5 3.20) AppleWebKit/605.1.15 (KHTML, like Gecko)x' },
    'unknown',
  ],
]

describe('R7.1 verdicts', () => {
  it.each(OWN)('%s', (_because, facts, verdict) => {
    const given: FetchFacts = {
      method: 'GET',
      userAgent: CHROME,
      network: '',
      delaySeconds: 600,
      ...facts,
    }
    expect(verdictOf(given)).toBe(verdict)
  })

  it('takes any text and answers one of the five', () => {
    for (const userAgent of ['\0', '('.repeat(512), 'Mozilla/5.0 ('.repeat(39), '💌', ' Mozilla/5.0 ']) {
      const verdict = verdictOf({ method: 'GET', userAgent, network: userAgent, delaySeconds: Number.NaN })
      expect(VERDICTS).toContain(verdict)
    }
  })

  const golden = corpusLines<Golden>('email/open-fetchers.jsonl')
  it('R7.1 agree with the golden set, and call no machine somebody', () => {
    const judged = golden.map((one) => {
      const facts = { method: one.method, userAgent: one.ua, delaySeconds: one.delaySeconds }
      return {
        one,
        seen: verdictOf({ ...facts, network: one.network ?? '' }),
        blind: verdictOf({ ...facts, network: '' }),
      }
    })
    const agrees = ({ one, seen }: (typeof judged)[number]): boolean =>
      (one.accept ?? [one.expect]).includes(seen)
    const wrong = judged
      .filter((each) => !agrees(each))
      .map(({ one, seen }) => `${one.ua} ${one.basis}: ${seen}`)
    // The floor: all of the half that is here.
    expect(wrong).toEqual([])
    // Without networks: never somebody where the method or the time speaks against it.
    for (const { one, blind } of judged) {
      if (one.method === 'HEAD' || one.delaySeconds < 3)
        expect([one.ua, blind]).not.toEqual([one.ua, 'human'])
    }
    const machines = judged.filter(({ one }) => one.expect === 'prefetch' || one.expect === 'scanner')
    expect(machines.filter(({ seen }) => seen === 'human' || seen === 'proxy')).toEqual([])
  })
})
