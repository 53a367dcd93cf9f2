import { describe, expect, it } from 'vitest'
import { daysOf } from '../../../server/cli/site.ts'
import { objectOf, terminal } from './typed.ts'

describe('sluice site', () => {
  it('add prints the script tag of the public address', async () => {
    const run = terminal({ PUBLIC_URL: 'https://stats.example.com/_s' })
    const { code, stdout, stderr } = await run('site add https://Example.com/')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(
      '<script defer src="https://stats.example.com/_s/sluice.js" data-site="example.com"></script>',
    )
  })

  it('add takes every setting and answers with one object', async () => {
    const run = terminal()
    const ran = await run(
      'site add example.com --timezone europe/berlin --pre-consent anonymous --subdomains --event-window 60d --minimum-group 8 --minimum-group-scope all --properties plan,Team-Size --traits age,companySize --json',
    )
    const site = {
      domain: 'example.com',
      timezone: 'Europe/Berlin',
      preConsent: 'anonymous',
      subdomains: true,
      eventWindowDays: 60,
      minimumGroup: 8,
      minimumGroupScope: 'all',
      properties: ['plan', 'Team-Size'],
      traits: ['age', 'companySize'],
      goals: [],
      added: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    }
    const script = '<script defer src="http://127.0.0.1:8000/sluice.js" data-site="example.com"></script>'
    expect(objectOf(ran)).toEqual({ ...site, script })
    expect(objectOf(await run('--json site show example.com'))).toEqual({ ...site, script })
    expect(objectOf(await run('site list --json'))).toEqual({ sites: [site] })
  })

  it('add without settings uses the defaults', async () => {
    expect(objectOf(await terminal()('site add localhost --json'))).toMatchObject({
      timezone: 'UTC',
      preConsent: 'none',
      subdomains: false,
      eventWindowDays: 396,
      minimumGroup: 5,
      minimumGroupScope: 'close',
      properties: ['feature', 'plan'],
    })
  })

  it('R1.1b refuses properties that are called like somebody’s data', async () => {
    const run = terminal()
    const refused = await run('site add example.com --properties plan,card_exp')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('"card_exp" cannot be a property')
    expect(objectOf(await run('site list --json'))).toEqual({ sites: [] })
    await run('site add example.com')
    expect(objectOf(await run('site set example.com --properties none --json'))).toMatchObject({
      properties: [],
    })
  })

  it('list is a table, and says what to do while it is empty', async () => {
    const run = terminal()
    expect((await run('site list')).stdout).toContain('sluice site add')
    expect(objectOf(await run('site list --json'))).toEqual({ sites: [] })
    await run('site add b.example')
    await run('site add a-longer-name.example --event-window 13mo')
    expect((await run('site list')).stdout.split('\n')).toEqual([
      'domain                 timezone  pre-consent  event window  minimum group',
      'a-longer-name.example  UTC       none         396d          5',
      'b.example              UTC       none         396d          5',
      '',
    ])
  })

  it('set changes what is given and tells from when another time zone holds', async () => {
    const run = terminal()
    await run('site add example.com --subdomains --minimum-group 8')
    const ran = objectOf(await run('site set example.com --no-subdomains --timezone Asia/Tokyo --json'))
    expect(ran).toMatchObject({ subdomains: false, minimumGroup: 8, timezone: 'UTC' })
    expect(ran['nextTimezone']).toEqual({
      timezone: 'Asia/Tokyo',
      from: expect.stringMatching(/T00:00:00\.000Z$/) as string,
    })
    expect((await run('site show example.com')).stdout).toMatch(
      /^timezone +UTC, Asia\/Tokyo from \d{4}-\d\d-\d\dT00:00/m,
    )
  })

  it('warns when a minimum group of 1 switches folding off', async () => {
    const run = terminal()
    const added = await run('site add example.com --minimum-group 1 --json')
    expect(added.code).toBe(0)
    expect(added.stderr).toMatch(/^Warning: with a minimum group of 1 nothing is folded/)
    expect(objectOf(added)['minimumGroup']).toBe(1)
  })

  it('remove takes the site away, once', async () => {
    const run = terminal()
    await run('site add example.com')
    expect(objectOf(await run('site remove example.com --json'))).toEqual({ removed: 'example.com' })
    expect(await run('site remove example.com')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"example.com" is not registered') as string,
    })
  })

  it.each([
    ['site add example.com', 'example.com is registered already'],
    ['site show other.example', '"other.example" is not registered'],
    ['site set other.example --minimum-group 9', '"other.example" is not registered'],
  ])('%s fails with one sentence', async (line, sentence) => {
    const run = terminal()
    await run('site add example.com')
    const { code, stdout, stderr } = await run(line)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(sentence)
    expect(stderr).toMatch(/^[^\n]+\n$/)
  })

  it.each([
    ['site add nonsense', '"nonsense" is not a domain'],
    ['site add example.com --timezone Mars/Olympus', '"Mars/Olympus" is not a time zone'],
    ['site add example.com --pre-consent always', 'choose none, anonymous, auto.'],
    ['site add example.com --minimum-group-scope far', 'choose close, all.'],
    ['site add example.com --minimum-group 0', 'from 1 to 100'],
    ['site add example.com --minimum-group 5e1', 'from 1 to 100'],
    ['site add example.com --event-window 1d', 'from 2 to 762 days'],
    ['site add example.com --event-window 26mo', 'from 2 to 762 days'],
    ['site add example.com --event-window 1y', '--event-window takes days or months, like 400d or 13mo.'],
    ['site add example.com --event-window 13', '--event-window takes days or months'],
  ])('%s is wrong usage and registers nothing', async (line, sentence) => {
    const run = terminal()
    const { code, stdout, stderr } = await run(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
    expect(objectOf(await run('site list --json'))).toEqual({ sites: [] })
  })

  it.each([
    ['2d', 2],
    ['400d', 400],
    ['1mo', 31],
    ['12mo', 365],
    ['13mo', 396],
    ['25mo', 762],
  ])('takes %s for %i days', (span, days) => {
    expect(daysOf(span)).toBe(days)
  })
})
