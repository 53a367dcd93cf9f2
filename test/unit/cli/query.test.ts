import { describe, expect, it } from 'vitest'
import type { Query, QueryAnswer, Question } from '../../../schema/query.ts'
import { UsageError } from '../../../server/cli/context.ts'
import { describeAnswer, readQuestion } from '../../../server/cli/query.ts'
import { terminal } from './typed.ts'

function asked(line: string): Question {
  return readQuestion(line.split(' ')).asked
}

describe('sluice query', () => {
  it('reads a question from its flags', () => {
    expect(
      asked(
        '--site example.com --from 2026-11-01 --to 2026-11-30 --interval day --metrics visitors,pageviews --breakdown page --compare previous --limit 5 --offset 2',
      ),
    ).toEqual({
      site: 'example.com',
      period: { from: '2026-11-01', to: '2026-11-30' },
      interval: 'day',
      metrics: ['visitors', 'pageviews'],
      breakdown: 'page',
      compare: 'previous',
      limit: 5,
      offset: 2,
    })
    expect(asked('--site example.com')).toEqual({ site: 'example.com' })
  })

  it('reads filters with their conditions and alternatives', () => {
    const { asked: question } = readQuestion([
      '--site=example.com',
      '--filter',
      'country=DE,FR',
      '--filter',
      'page~/docs/**',
      '--filter=browser!=Chrome',
      '--filter',
      'page*=a=b',
      '--filter',
      'city=Washington\\, D.C.,Rome',
    ])
    expect((question as Query).filters).toEqual([
      { dimension: 'country', is: ['DE', 'FR'] },
      { dimension: 'page', matches: ['/docs/**'] },
      { dimension: 'browser', isNot: ['Chrome'] },
      { dimension: 'page', contains: ['a=b'] },
      { dimension: 'city', is: ['Washington, D.C.', 'Rome'] },
    ])
  })

  it('reads the steps of a funnel, however they are given', () => {
    const funnel = ['/', { page: '/docs/**' }, '/signup']
    expect(asked('--site example.com --funnel / page=/docs/** /signup --period 7d')).toEqual({
      site: 'example.com',
      period: '7d',
      funnel,
    })
    expect(asked('--funnel=/ --funnel=page=/docs/** --site example.com --funnel /signup')).toEqual({
      site: 'example.com',
      funnel,
    })
  })

  it('reads a flow', () => {
    expect(asked('--site example.com --flow-from /a --steps 2 --limit 5 --filter country=DE')).toEqual({
      site: 'example.com',
      filters: [{ dimension: 'country', is: ['DE'] }],
      flow: { from: '/a', steps: 2 },
      limit: 5,
    })
    expect(asked('--site example.com --flow-to event=Sign=up')).toEqual({
      site: 'example.com',
      flow: { to: { event: 'Sign=up' } },
    })
  })

  it.each([
    ['--site example.com --steps 2', '--steps belongs to a flow'],
    ['--site example.com --flow-from /a --funnel /a /b', 'exclude each other'],
    ['--site example.com --flow-from /a --flow-to /b', 'it has 2 ends'],
    ['--site example.com --flow-from /a --steps 4', 'whole number from 1 to 3'],
    ['--site example.com --funnel /a', 'at least 2 steps'],
    ['--site example.com --funnel /a /b --breakdown page', 'unknown field "breakdown"'],
    ['', 'Name the site'],
    ['--site example.com --period 7d --from 2026-11-01', 'exclude each other'],
    ['--site example.com --from 2026-11-01', 'Period needs to'],
    ['--site example.com --filter country', 'has no condition'],
    ['--site example.com --filter land=DE', 'unknown dimension "land"'],
    ['--site example.com --limit many', 'whole number from 1 to 1000'],
    ['--site example.com --nonsense', '--nonsense'],
    ['--site example.com stray', 'stray'],
  ])('says what is wrong with `%s`, with exit code 2', async (line, sentence) => {
    const ran = await terminal()(`query ${line}`)
    expect(ran.code).toBe(2)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain(sentence)
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('knows no site that is not there', async () => {
    const ran = await terminal()('query --site example.com')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('not registered')
  })

  it('refuses two forms at once', async () => {
    const ran = await terminal()('query --site example.com --csv --json')
    expect([ran.code, ran.stdout]).toEqual([2, ''])
  })

  it('throws a fault of the question as wrong usage only where it was typed', () => {
    expect(() => readQuestion(['--site', 'example.com', '--filter', 'x'])).toThrow(UsageError)
  })
})

describe('the table in the terminal', () => {
  const answer: QueryAnswer = {
    rows: [
      { page: '/', visitors: 12_345, bounceRate: 0.4567, visitDuration: 3_725 },
      { page: '/a\u001b[31m\n', visitors: 7, bounceRate: null, visitDuration: 83.4 },
      { page: '', visitors: 1, bounceRate: 0, visitDuration: 5 },
    ],
    totals: { visitors: 12_353, bounceRate: 0.5, visitDuration: 60 },
    comparison: {
      totals: { visitors: 9, bounceRate: 1, visitDuration: 0 },
      from: '2026-10-01',
      to: '2026-10-30',
    },
    meta: {
      from: '2026-11-01',
      to: '2026-11-30',
      timezone: 'UTC',
      source: 'events',
      foldedRows: 4,
      rowCount: 8,
      visitors: 'daily-sum',
      minimumGroup: 5,
      freshness: '2026-11-30T00:00:00.000Z',
    },
  }
  const lines = describeAnswer(answer, {
    site: 'example.com',
    breakdown: 'page',
    metrics: ['visitors', 'bounceRate', 'visitDuration'],
  })

  it('puts numbers to the right, in units people read', () => {
    expect(lines).toEqual([
      'example.com, 2026-11-01 to 2026-11-30 (UTC)',
      '',
      'page                      visitors  bounceRate  visitDuration',
      '────────────────────────  ────────  ──────────  ─────────────',
      '/                           12,345      45.7 %          1h 2m',
      '/a?[31m?                         7           –         1m 23s',
      '(none)                           1       0.0 %             5s',
      'total                       12,353      50.0 %          1m 0s',
      '2026-10-01 to 2026-10-30         9     100.0 %             0s',
      '',
      '3 of 8 rows: --limit and --offset show others.',
      '4 groups of fewer than 5 visitors a day are folded.',
    ])
  })

  it('shows a question without rows of its own as one line', () => {
    const totals = { visitors: 3 }
    const one = { ...answer, rows: [totals], totals, meta: { ...answer.meta, rowCount: 1, foldedRows: 0 } }
    delete one.comparison
    expect(describeAnswer(one, { site: 'example.com', metrics: ['visitors'] }).slice(2)).toEqual([
      'visitors',
      '────────',
      '       3',
    ])
  })
})

it('shows a funnel as a table', () => {
  const meta = { from: '2026-11-01', to: '2026-11-30', timezone: 'UTC', source: 'events' } as const
  const lines = describeAnswer(
    {
      rows: [
        { step: 1, name: '/', visitors: 1_200, visits: 1_400, rate: 1, stepRate: null, dropOff: null },
        { step: 2, name: '/b', visitors: 300, visits: 350, rate: 0.25, stepRate: 0.25, dropOff: 1_050 },
      ],
      totals: { visitors: 2_000, visits: 2_400 },
      meta: { ...meta, foldedRows: 1, rowCount: 2, minimumGroup: 5, freshness: '' },
    },
    { site: 'example.com', funnel: ['/', '/b'] },
  )
  expect(lines.slice(2)).toEqual([
    'step   name  visitors  visits     rate  stepRate  dropOff',
    '─────  ────  ────────  ──────  ───────  ────────  ───────',
    '1      /        1,200   1,400  100.0 %         –        –',
    '2      /b         300     350   25.0 %    25.0 %    1,050',
    'total           2,000   2,400        –         –        –',
    '',
    '1 groups of fewer than 5 visitors a day are folded.',
  ])
})

describe('sluice query about choices', () => {
  it('R6.5 answers from the store alone, as a table, CSV and JSON', async () => {
    const run = terminal()
    await run('site add example.com')
    const { code, stdout, stderr } = await run(
      'query --site example.com --metrics choices --breakdown country',
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^country +choices$/m)
    expect(stdout).toMatch(/^total +0$/m)
    expect((await run('query --site example.com --breakdown consentState --csv')).stdout).toBe(
      '"consentState","choices"\r\n',
    )
    const json = await run('query --site example.com --metrics choices --json')
    expect(JSON.parse(json.stdout)).toMatchObject({ rows: [{ choices: 0 }], meta: { source: 'counts' } })
  })
})
