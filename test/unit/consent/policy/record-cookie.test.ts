import { describe, expect, it } from 'vitest'
import { keepChoice, readChoice, recordCategories } from '../../../../server/consent/policy/record-cookie.ts'

const cookie = (record: unknown): string =>
  `a=1; cc_cookie=${encodeURIComponent(JSON.stringify(record))}; b=2`
const RECORD = { categories: ['essential', 'targeting'], revision: 2, day: '2026-11-01', until: '2027-05-02' }

describe('the choice in a Cookie header', () => {
  it('is read as it was kept', () => {
    const [line = ''] = keepChoice(
      { categories: recordCategories(['targeting']), revision: 2, day: '2026-11-01', until: '2027-05-02' },
      { days: 182, cookieDomain: undefined, https: true },
    )
    expect(line).toBe(
      `cc_cookie=${encodeURIComponent(JSON.stringify(RECORD))}; Max-Age=15724800; Path=/; SameSite=Lax; Secure`,
    )
    expect(readChoice(line.split(';')[0], '2026-11-24')).toEqual({
      granted: ['targeting'],
      day: '2026-11-01',
      until: '2027-05-02',
    })
  })

  it('is over on its last day', () => {
    expect(readChoice(cookie(RECORD), '2027-05-01')).toBeDefined()
    expect(readChoice(cookie(RECORD), '2027-05-02')).toBeUndefined()
  })

  it('is none where it cannot be read', () => {
    const broken = [
      undefined,
      '',
      'cc_cookie=',
      'cc_cookie=%',
      'cc_cookie={',
      'xcc_cookie=1',
      'cc_cookie=null',
      cookie([]),
    ]
    const wrong = [
      { ...RECORD, until: 'x' },
      { ...RECORD, day: 1 },
      { ...RECORD, categories: 'targeting' },
    ].map(cookie)
    for (const header of [...broken, ...wrong]) expect(readChoice(header, '2026-11-24')).toBeUndefined()
  })

  it('grants known categories only', () => {
    expect(
      readChoice(cookie({ ...RECORD, categories: ['everything', '__proto__', 'performance'] }), '2026-11-24'),
    ).toMatchObject({
      granted: ['performance'],
    })
  })

  it('is not Secure over http, where browsers would not store it, and forgets the narrower one where it is shared', () => {
    const record = { categories: recordCategories([]), revision: 1, day: '2026-11-01', until: '2027-05-02' }
    expect(keepChoice(record, { days: 1, cookieDomain: 'example.com', https: false })).toEqual([
      'cc_cookie=; Max-Age=0; Path=/; SameSite=Lax',
      expect.stringMatching(
        /^cc_cookie=%7B[^;]*; Max-Age=86400; Path=\/; SameSite=Lax; Domain=example\.com$/,
      ),
    ])
  })
})
