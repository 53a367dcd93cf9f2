import { parseArgs } from 'node:util'
import {
  FILTER_SIGNS,
  STEP_KINDS,
  type ChoiceMetric,
  type DropMetric,
  type Filter,
  type MailMetric,
  type Metric,
  type QueryAnswer,
  type QueryRow,
  type Question,
  type Step,
} from '../../schema/query.ts'
import { systemClock } from '../clock.ts'
import { createCounts } from '../consent/counts.ts'
import { createWriter } from '../consent/writer.ts'
import { silentLog } from '../log.ts'
import { readDrops } from '../drops/counts.ts'
import { answerChoices } from '../query/choices.ts'
import { columnsOfAnswer, toCsv } from '../query/csv.ts'
import { answerDrops } from '../query/drops.ts'
import { isChoiceQuery, isDropQuery, parseQuestion, shapeOf } from '../query/parse.ts'
import { FUNNEL_METRICS } from '../query/visit-question.ts'
import { createSites } from '../sites/registry.ts'
import { oneLine, typed, UsageError, type CliContext } from './context.ts'
import { withQueries } from './with-queries.ts'
import { withStore } from './with-store.ts'

const OPTIONS = {
  site: { type: 'string' },
  period: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  interval: { type: 'string' },
  metrics: { type: 'string' },
  breakdown: { type: 'string' },
  filter: { type: 'string', multiple: true },
  compare: { type: 'string' },
  funnel: { type: 'string', multiple: true },
  'flow-from': { type: 'string' },
  'flow-to': { type: 'string' },
  steps: { type: 'string' },
  retention: { type: 'string' },
  bursts: { type: 'string' },
  limit: { type: 'string' },
  offset: { type: 'string' },
  csv: { type: 'boolean' },
} as const

/**
 * `sluice query --site <domain> [--period 30d | --from <day> --to <day>] [--metrics …] [--breakdown …]
 * [--interval …] [--filter …] [--compare previous|year] [--limit …] [--offset …] [--csv]`, or
 * `sluice query --site <domain> --funnel <step> <step> …` with a period, filters and a comparison, or
 * `--flow-from <step> | --flow-to <step> [--steps 1–3] [--limit …]` with a period and filters, or
 * `--retention week` with a period: the same questions as `POST /api/query`, folded the same way. Prints a table, CSV or
 * (with `--json`) the answer as it is.
 */
export async function query(context: CliContext): Promise<number> {
  const { asked, csv } = typed(() => readQuestion(context.args))
  if (csv && context.json) throw new UsageError('--csv and --json exclude each other: leave one of them out.')
  const answer = await ask(context, asked)
  if (context.json) context.stdout.write(`${JSON.stringify(answer)}\n`)
  else if (csv) context.stdout.write(toCsv(answer, shapeOf(asked)))
  else context.stdout.write(`${describeAnswer(answer, asked).join('\n')}\n`)
  return 0
}

function ask(context: CliContext, asked: Question): Promise<QueryAnswer> {
  return withStore(context, async (store) => {
    const site = createSites({ store, clock: systemClock }).get(asked.site)
    if (isChoiceQuery(asked)) {
      const writer = createWriter(store)
      const counts = createCounts({ store, writer, clock: systemClock, log: silentLog })
      return answerChoices(counts.read, site, asked, systemClock.now())
    }
    if (isDropQuery(asked)) {
      return answerDrops((of) => readDrops(store.db, of), site, asked, systemClock.now())
    }
    return withQueries(context, store, (queries) => queries.run(site, asked))
  })
}

/** The question as typed. Throws UserError that names the fault. */
export function readQuestion(args: readonly string[]): { asked: Question; csv: boolean } {
  const given = readFlags(args)
  if (given.site === undefined) throw new UsageError('Name the site: sluice query --site example.com.')
  if (given.period !== undefined && (given.from !== undefined || given.to !== undefined)) {
    throw new UsageError('--period and --from … --to exclude each other: leave one of them out.')
  }
  const isRange = given.from !== undefined || given.to !== undefined
  const asked = parseQuestion({
    site: given.site,
    ...(given.period !== undefined && { period: given.period }),
    ...(isRange && { period: { from: given.from, to: given.to } }),
    ...(given.interval !== undefined && { interval: given.interval }),
    ...(given.metrics !== undefined && { metrics: given.metrics.split(',').map((name) => name.trim()) }),
    ...(given.breakdown !== undefined && { breakdown: given.breakdown }),
    ...(given.filter !== undefined && { filters: given.filter.map(readFilter) }),
    ...(given.compare !== undefined && { compare: given.compare }),
    ...(given.funnel !== undefined && { funnel: given.funnel.map(readStep) }),
    ...readFlow(given),
    ...(given.retention !== undefined && { retention: given.retention }),
    ...(given.bursts !== undefined && { bursts: Number(given.bursts) }),
    ...(given.limit !== undefined && { limit: numberOf(given.limit) }),
    ...(given.offset !== undefined && { offset: numberOf(given.offset) }),
  })
  return { asked, csv: given.csv ?? false }
}

type Given = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

function readFlags(args: readonly string[]): Given {
  try {
    // The words behind `--funnel <step>` are more steps.
    const allowPositionals = args.some((word) => /^--funnel(=|$)/.test(word))
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      strict: true,
      allowPositionals,
    })
    return values.funnel ? { ...values, funnel: [...values.funnel, ...positionals] } : values
  } catch (error) {
    const names = Object.keys(OPTIONS).map((name) => `--${name}`)
    const reason = error instanceof Error ? error.message.split(/[.\n]/)[0] : 'It cannot be read'
    throw new UsageError(`${reason}: \`sluice query\` takes ${names.join(', ')} and --json.`)
  }
}

function numberOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}

function readFlow(given: Given): object {
  const { 'flow-from': from, 'flow-to': to, steps } = given
  if (from === undefined && to === undefined) {
    if (steps !== undefined)
      throw new UsageError('--steps belongs to a flow: name its end with --flow-from or --flow-to.')
    return {}
  }
  if (given.funnel) throw new UsageError('--funnel and a flow exclude each other: leave one of them out.')
  return {
    flow: {
      ...(from !== undefined && { from: readStep(from) }),
      ...(to !== undefined && { to: readStep(to) }),
      ...(steps !== undefined && { steps: numberOf(steps) }),
    },
  }
}

/** `/pricing`, or another kind of step with its name, `page=/pricing`. */
function readStep(text: string): Step {
  const [kind = '', ...name] = text.split('=')
  const known = STEP_KINDS.find((one) => one === kind)
  return known && name.length > 0 ? ({ [known]: name.join('=') } as Step) : text
}

/**
 * `country=DE,FR`, `browser!=Chrome`, `page~/docs/**`, `page*=docs`; `\,` is a comma within a value. Throws UsageError for
 * what has no condition; values are checked with the question.
 */
export function readFilter(text: string): Filter {
  const found = /^([^=!~*]+)(!=|\*=|=|~)(.*)$/s.exec(text)
  const [, dimension = '', sign = '', values = ''] = found ?? []
  const operator = Object.entries(FILTER_SIGNS).find(([, known]) => known === sign)?.[0]
  if (operator === undefined) {
    throw new UsageError(
      `--filter ${JSON.stringify(text)} has no condition: write country=DE, country!=DE, page~/docs/** or page*=docs.`,
    )
  }
  // Checked as a part of the question; the type says what it is if it passes.
  return {
    dimension: dimension.trim(),
    [operator]: values.split(/(?<!\\),/).map((value) => value.replaceAll('\\,', ',')),
  } as unknown as Filter
}

/** The answer for people, line by line. */
export function describeAnswer(answer: QueryAnswer, asked: Question): string[] {
  const { meta, rows, totals, comparison } = answer
  const parsed = shapeOf(asked)
  const columns = columnsOfAnswer(parsed)
  const { names } = parsed
  const lines: QueryRow[] = [...rows]
  if (names.length > 0 && Object.keys(totals).length > 0) lines.push({ [names[0] ?? '']: 'total', ...totals })
  if (comparison) {
    const label = `${comparison.from} to ${comparison.to}`
    lines.push({ ...(names[0] !== undefined && { [names[0]]: label }), ...comparison.totals })
  }
  const cells = lines.map((row) => columns.map((column) => cellOf(row, column, parsed.metrics)))
  const notes = [
    ...(rows.length < meta.rowCount && !parsed.isSeries
      ? [`${rows.length} of ${meta.rowCount} rows: --limit and --offset show others.`]
      : []),
    ...(meta.foldedRows > 0
      ? [`${meta.foldedRows} groups of fewer than ${meta.minimumGroup} visitors a day are folded.`]
      : []),
  ]
  return [
    `${asked.site}, ${meta.from} to ${meta.to} (${meta.timezone})`,
    '',
    ...alignedTable(columns, cells, names.length),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]
}

type Figure = Metric | ChoiceMetric | DropMetric | MailMetric | (typeof FUNNEL_METRICS)[number]

function isMetric(column: string, metrics: readonly string[]): column is Figure {
  return metrics.some((metric) => metric === column)
}

function cellOf(row: QueryRow, column: string, metrics: readonly string[]): string {
  const value = row[column]
  if (value === null) return '–'
  if (!isMetric(column, metrics)) return value === '' ? '(none)' : oneLine(String(value ?? ''))
  if (value === undefined) return '–'
  return column === 'revenue' ? String(value) : FORMS[column](Number(value))
}

const FORMS: Readonly<Record<Exclude<Figure, 'revenue'>, (value: number) => string>> = {
  visitors: whole,
  visits: whole,
  pageviews: whole,
  viewsPerVisit: (value) => value.toFixed(2),
  bounceRate: percent,
  rate: percent,
  stepRate: percent,
  dropOff: whole,
  visitDuration: duration,
  timeOnPage: duration,
  choices: whole,
  drops: whole,
  late: whole,
  scrubbed: whole,
  scrollDepth: (value) => `${value.toFixed(0)} %`,
  events: whole,
  errors: whole,
  newVisitors: whole,
  weeklyVisitors: whole,
  monthlyVisitors: whole,
  score: (value) => value.toFixed(1),
  p50: rank,
  p75: rank,
  p95: rank,
  requests: whole,
  calls: whole,
  sends: whole,
  fetches: whole,
  likelyHuman: whole,
  follows: whole,
  callMinutes: (value) => value.toFixed(1),
  conversionRate: (value) => `${(value * 100).toFixed(1)} %`,
}

function rank(value: number): string {
  return value.toFixed(3)
}

function whole(value: number): string {
  return value.toLocaleString('en-GB')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function duration(seconds: number): string {
  const all = Math.round(seconds)
  const [hours, minutes] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60]
  if (hours > 0) return `${hours}h ${minutes}m`
  return minutes > 0 ? `${minutes}m ${all % 60}s` : `${all}s`
}

/** Names to the left, numbers to the right. */
function alignedTable(columns: readonly string[], rows: readonly string[][], names: number): string[] {
  const widths = columns.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        index < names ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)]
}
