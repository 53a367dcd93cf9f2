import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueryAnswer, Question } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { UserError } from '../../../server/errors.ts'
import { answerChoices, type ChoiceCount, type ReadChoices } from '../../../server/query/choices.ts'
import { toCsv } from '../../../server/query/csv.ts'
import { isChoiceQuery, parseQuestion, shapeOf } from '../../../server/query/parse.ts'

const SITE: Site = {
  id: 1,
  domain: 'example.com',
  timezone: 'Europe/Berlin',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 5,
  minimumGroupScope: 'close',
  properties: [],
  traits: [],
  goals: [],
}
const NOW = Date.parse('2026-11-24T13:50:00Z')

type Cell = Required<Omit<ChoiceCount, 'consentGranted' | 'gpc'>>
const cell = (day: string, consentState: string, country: string, language: string, count: number): Cell => ({
  day,
  consentState,
  country,
  language,
  count,
})

const CELLS: readonly Cell[] = [
  cell('2026-10-24', 'accepted', 'DE', 'de', 100),
  cell('2026-11-22', 'shown', 'DE', 'de', 40),
  cell('2026-11-22', 'accepted', 'DE', 'de', 4),
  cell('2026-11-22', 'rejected', 'FR', 'fr', 7),
  cell('2026-11-23', 'shown', 'FR', 'fr', 20),
  cell('2026-11-23', 'custom', 'DE', 'en', 2),
  cell('2026-11-24', 'withdrawn', '', '', 1),
]

type GrantCell = Required<Omit<ChoiceCount, 'language' | 'country'>>
const grant = (
  consentState: string,
  consentGranted: string,
  gpc: 'on' | 'off',
  count: number,
): GrantCell => ({
  day: '2026-11-22',
  consentState,
  consentGranted,
  gpc,
  count,
})

const GRANTS: readonly GrantCell[] = [
  grant('accepted', 'performance+functionality+targeting', 'off', 3),
  grant('accepted', 'performance+functionality+targeting', 'on', 1),
  grant('custom', 'performance', 'off', 2),
  grant('rejected', 'none', 'on', 7),
  grant('withdrawn', 'none', 'off', 1),
]

/** Sums like the store does. */
const read: ReadChoices = ({ from, to, by }) => {
  const sums = new Map<string, ChoiceCount>()
  const cells: readonly ChoiceCount[] = by.some((name) => name === 'gpc' || name === 'consentGranted')
    ? GRANTS
    : CELLS
  for (const one of cells.filter(({ day }) => day >= from && day <= to)) {
    const kept = Object.fromEntries(by.map((dimension) => [dimension, one[dimension]]))
    const key = JSON.stringify([one.day, kept])
    sums.set(key, { ...kept, day: one.day, count: (sums.get(key)?.count ?? 0) + one.count })
  }
  return Promise.resolve([...sums.values()])
}

function parse(question: Record<string, unknown>): Question {
  return parseQuestion({ site: 'example.com', period: { from: '2026-11-22', to: '2026-11-24' }, ...question })
}

async function ask(question: Record<string, unknown>): Promise<QueryAnswer> {
  const parsed = parse(question)
  if (!isChoiceQuery(parsed)) throw new Error('not about choices')
  return answerChoices(read, SITE, parsed, NOW)
}

describe('questions about choices', () => {
  it('R6.5 count choices, and that they were offered only where states are told apart', async () => {
    expect(await ask({ metrics: ['choices'] })).toMatchObject({
      rows: [{ choices: 14 }],
      totals: { choices: 14 },
    })
    expect(await ask({ breakdown: 'consentState' })).toMatchObject({
      rows: [
        { consentState: 'shown', choices: 60 },
        { consentState: 'accepted', choices: 4 },
        { consentState: 'rejected', choices: 7 },
        { consentState: 'custom', choices: 2 },
        { consentState: 'withdrawn', choices: 1 },
      ],
      totals: { choices: 14 },
      meta: { source: 'counts', foldedRows: 0, rowCount: 5, from: '2026-11-22', to: '2026-11-24' },
    })
    expect(await ask({ filters: [{ dimension: 'consentState', is: ['shown', 'accepted'] }] })).toMatchObject({
      totals: { choices: 64 },
    })
  })

  it('R6.5 break down by country and language, small groups as they are, the largest first', async () => {
    const { rows, meta } = await ask({ metrics: ['choices'], breakdown: 'country' })
    expect(rows).toEqual([
      { country: 'FR', choices: 7 },
      { country: 'DE', choices: 6 },
      { country: '', choices: 1 },
    ])
    expect(meta.visitors).toBeUndefined()
    const paged = await ask({ metrics: ['choices'], breakdown: 'language', limit: 2, offset: 1 })
    expect(paged.rows).toEqual([
      { language: 'de', choices: 4 },
      { language: 'en', choices: 2 },
    ])
    expect(paged.meta.rowCount).toBe(4)
  })

  it('R6.5 R9.1 break down by what was granted and by Global Privacy Control', async () => {
    const answered = { dimension: 'consentState', is: ['accepted', 'custom', 'rejected'] }
    expect(await ask({ breakdown: 'consentGranted', filters: [answered] })).toMatchObject({
      rows: [
        { consentGranted: 'none', choices: 7 },
        { consentGranted: 'performance+functionality+targeting', choices: 4 },
        { consentGranted: 'performance', choices: 2 },
      ],
      totals: { choices: 13 },
    })
    expect(await ask({ breakdown: 'gpc', filters: [answered] })).toMatchObject({
      rows: [
        { gpc: 'on', choices: 8 },
        { gpc: 'off', choices: 5 },
      ],
      totals: { choices: 13 },
    })
    const performance = { dimension: 'consentGranted', contains: ['performance'] }
    expect(await ask({ filters: [performance, { dimension: 'gpc', is: ['on'] }] })).toMatchObject({
      totals: { choices: 1 },
    })
  })

  it.each([
    ['gpc', 'country'],
    ['consentGranted', 'language'],
  ])('R6.5 never tell %s of a %s', (grantDimension, origin) => {
    const sentence = `Of choices: ${grantDimension} is counted apart from ${origin}; ask for one of them at a time.`
    expect(() => parse({ breakdown: origin, filters: [{ dimension: grantDimension, is: ['on'] }] })).toThrow(
      sentence,
    )
    expect(() => parse({ breakdown: grantDimension, filters: [{ dimension: origin, is: ['DE'] }] })).toThrow(
      sentence,
    )
  })

  it('make a series without gaps, also by value', async () => {
    const { rows } = await ask({ metrics: ['choices'], interval: 'day' })
    expect(rows).toEqual([
      { time: '2026-11-22', choices: 11 },
      { time: '2026-11-23', choices: 2 },
      { time: '2026-11-24', choices: 1 },
    ])
    const weeks = await ask({ breakdown: 'consentState', interval: 'week', limit: 1 })
    expect(weeks.rows).toEqual([
      { time: '2026-11-16', consentState: 'shown', choices: 40 },
      { time: '2026-11-23', consentState: 'shown', choices: 20 },
    ])
  })

  it('compare with another period', async () => {
    const { comparison, totals } = await ask({ metrics: ['choices'], period: '30d', compare: 'previous' })
    expect(totals).toEqual({ choices: 14 })
    expect(comparison).toEqual({ totals: { choices: 100 }, from: '2026-09-26', to: '2026-10-25' })
    const series = await ask({ metrics: ['choices'], interval: 'month', compare: 'year' })
    expect(series.comparison?.rows).toEqual([{ time: '2025-11-01', choices: 0 }])
  })

  it.each([
    [{ is: ['DE', 'FR'] }, 13],
    [{ isNot: ['DE'] }, 8],
    [{ is: [''] }, 1],
    [{ contains: ['E'] }, 6],
    [{ matches: ['*R', 'D?'] }, 7],
    [{ matches: ['**'] }, 14],
    [{ matches: ['F*R*'] }, 7],
  ])('filter by country with %j', async (condition, choices) => {
    const { totals } = await ask({ metrics: ['choices'], filters: [{ dimension: 'country', ...condition }] })
    expect(totals).toEqual({ choices })
  })

  it('match globs like a regular expression does, and without its patience', async () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 })
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(glob, value, async (pattern, country) => {
        const question = parse({
          metrics: ['choices'],
          filters: [{ dimension: 'country', matches: [pattern] }],
        }) as Parameters<typeof answerChoices>[2]
        const one = [{ day: '2026-11-22', count: 1, country, consentState: 'accepted' }]
        const { totals } = await answerChoices(() => Promise.resolve(one), SITE, question, NOW)
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*')}$`)
        expect(totals).toEqual({ choices: expression.test(country) ? 1 : 0 })
      }),
    )
    const began = performance.now()
    const hard = `${'*a'.repeat(100)}b`
    await ask({ metrics: ['choices'], filters: [{ dimension: 'country', matches: [hard] }] })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it.each([
    [{ metrics: ['choices', 'visitors'] }, 'Of choices: unknown metric "visitors"; metrics are choices.'],
    [{ breakdown: 'consentState', metrics: ['visits'] }, 'unknown metric "visits"'],
    [
      { metrics: ['choices'], breakdown: 'page' },
      'unknown breakdown "page"; dimensions are consentState, consentGranted, gpc, language',
    ],
    [{ metrics: ['choices'], filters: [{ dimension: 'city', is: ['x'] }] }, 'unknown dimension "city"'],
    [{ metrics: ['choices'], interval: 'hour' }, 'unknown interval "hour"; intervals are day, week, month'],
    [
      { metrics: ['choices'], period: 'realtime' },
      'unknown period "realtime"; periods are today, yesterday, 7d',
    ],
    [{ metrics: ['choices'], period: { from: '2026-11-24', to: '2026-11-22' } }, 'after its end'],
    [
      { metrics: ['visitorz'] },
      'sends, fetches, likelyHuman, follows, impressions, clicks, conversions, touches.',
    ],
    [
      { breakdown: 'consent' },
      'outcome, beacon, prop:<name>, consentState, consentGranted, gpc, dropReason, scrubKind, emailCampaign, verdict, adCampaign, trait:<name>.',
    ],
  ])('%j are refused with what exists', (question, sentence) => {
    expect(() => parse(question)).toThrow(UserError)
    expect(() => parse(question)).toThrow(sentence)
  })

  it('are written as CSV with their columns', async () => {
    const question = { breakdown: 'consentState', interval: 'month', limit: 1 }
    expect(toCsv(await ask(question), shapeOf(parse(question)))).toBe(
      '"time","consentState","choices"\r\n"2026-11-01","shown","60"\r\n',
    )
  })
})
