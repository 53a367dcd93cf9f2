import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { importList, type ImportResult, type RowFault } from '../../../../server/sms/import/run.ts'
import type { Cells } from '../../../../server/sms/import/rows.ts'
import { rowsOf } from '../../store/opened.ts'
import { COMPLETE } from '../consents.ts'
import { startLife, type Life } from '../life.ts'
import { numberOf } from '../store/opened.ts'

const DEFAULTS: Cells = {
  disclosure: COMPLETE.disclosure,
  disclosure_version: '2026-11-01',
  source: 'https://lantern.example/deals',
  provenance: 'own-form',
  is_separate: 'yes',
}

const HEADER = 'number,collected_at\n'
const row = (index: number): string => `+1201555${String(1_000 + index)},2026-11-20T09:30:00-05:00\n`

const CELLS = {
  collected_at: '2026-11-20T09:30:00-05:00',
  source: 'https://lantern.example/deals',
  locale: 'en',
}
let count = 0
const nextNumber = (): string => `+1202555${String(1_000 + count++)}`

async function isKnown({ store, parts }: Life, number: string): Promise<boolean> {
  return (await parts.subjects.find(store.db, numberOf(number))) !== undefined
}

async function load(
  life: Life,
  text: string | AsyncIterable<Buffer>,
  isDryRun = false,
): Promise<ImportResult & { faults: RowFault[] }> {
  const faults: RowFault[] = []
  const result = await importList(life.parts, {
    program: life.program,
    source: typeof text === 'string' ? Readable.from([Buffer.from(text)]) : text,
    defaults: DEFAULTS,
    isDryRun,
    actor: 'terminal',
    onFault: (fault) => faults.push(fault),
  })
  return { ...result, faults }
}

describe('SX1 importing a list', () => {
  it('SX1 takes good rows and tells of each bad one by its line; numbers are in no fault', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const list = `${HEADER}${row(1)}nonsense,2026-11-20T09:30:00-05:00\n${row(2)}+12015551003\n"${row(4)}${row(5)}`
    const result = await load(life, list)
    expect(result).toMatchObject({ rows: 6, granted: 3, failed: 3 })
    expect(result.faults.map(({ line }) => line)).toEqual([3, 5, 6])
    expect(JSON.stringify(result.faults)).not.toMatch(/555/)
    const [audited] = await rowsOf(life.store, 'audit_log', "WHERE action = 'sms.list.imported'")
    expect(JSON.parse(audited?.detail ?? '{}')).toMatchObject({ rows: 6, granted: 3, failed: 3 })
  })

  it('SX1 a dry run tells the same and keeps nothing', async () => {
    const life = await startLife()
    const list = HEADER + Array.from({ length: 450 }, (_, index) => row(index)).join('')
    const { ignored: _, ...dry } = await load(life, list, true)
    expect(dry).toMatchObject({ rows: 450, asked: 450 })
    for (const table of ['sms_subject', 'sms_ledger', 'sms_message', 'audit_log'] as const) {
      const kept = await rowsOf(life.store, table, table === 'audit_log' ? "WHERE action LIKE 'sms.%'" : '')
      expect([table, kept]).toEqual([table, []])
    }
    expect(await load(life, list)).toMatchObject(dry)
  })

  it('S4 cut off in the middle it is taken up by doing it again, and nobody is asked twice', async () => {
    const life = await startLife()
    const rows = Array.from({ length: 450 }, (_, index) => row(index))
    async function* cutOff(): AsyncGenerator<Buffer> {
      yield Buffer.from(HEADER + rows.slice(0, 300).join(''))
      throw new Error('the connection broke')
    }
    await expect(load(life, cutOff())).rejects.toThrow('the connection broke')
    const begun = (await rowsOf(life.store, 'sms_ledger')).length
    expect(begun).toBeGreaterThan(0)
    expect(begun).toBeLessThan(450)
    expect(await load(life, HEADER + rows.join(''))).toMatchObject({ asked: 450 - begun, known: begun })
    expect(await load(life, HEADER + rows.join(''))).toMatchObject({ asked: 0, known: 450 })
    expect(await rowsOf(life.store, 'sms_message')).toHaveLength(450)
    expect(await rowsOf(life.store, 'sms_ledger')).toHaveLength(450)
  })

  it('S12 who has opted out stays out', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    await life.stop(await life.subject('+12015551001'))
    expect(await load(life, HEADER + row(1) + row(2))).toMatchObject({ 'opted-out': 1, granted: 1 })
  })

  it('SX1 of two quotes that are not closed each is told by its line, and rows between them are taken', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    // A number is first, in the middle and last: in what the quotes hold, and outside of it.
    for (const names of [
      ['number', 'collected_at', 'source', 'locale'],
      ['collected_at', 'source', 'number', 'locale'],
      ['collected_at', 'locale', 'source', 'number'],
    ]) {
      for (const opened of names) {
        for (const closed of names) {
          for (const between of [0, 1, 2]) {
            const numbers: string[] = []
            const line = (change: (cell: string, name: string) => string = (cell) => cell): string => {
              const number = nextNumber()
              numbers.push(number)
              const cells: Readonly<Record<string, string>> = { ...CELLS, number }
              return names.map((name) => change(cells[name] ?? '', name)).join(',')
            }
            const list = [
              names.join(','),
              line(),
              line((cell, name) => (name === opened ? `"${cell}` : cell)),
              ...Array.from({ length: between }, () => line()),
              line((cell, name) => (name === closed ? `${cell}"` : cell)),
              line(),
            ]
            const result = await load(life, list.join('\n'))
            const bad = [3, 4 + between]
            const where = [names, opened, closed, between]
            expect([where, result.faults.map((fault) => fault.line)]).toEqual([where, bad])
            expect(result.granted).toBe(numbers.length - bad.length)
            const known = await Promise.all(numbers.map((number) => isKnown(life, number)))
            expect([where, known]).toEqual([where, numbers.map((_, at) => !bad.includes(at + 2))])
          }
        }
      }
    }
  })

  it('S4 a text over several lines is one cell, also with numbers and commas in it, and is kept word for word', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const text = `${COMPLETE.disclosure}\n\nQuestions, or to stop by phone:\n+1 201 555 0100, ask for "Deals", any day`
    const list = `number,disclosure,collected_at\n+12015559001,"${text.replaceAll('"', '""')}",${CELLS.collected_at}`
    expect(await load(life, list)).toMatchObject({ rows: 1, granted: 1, faults: [] })
    const subject = await life.subject('+12015559001')
    const [entry] = await life.parts.ledger.read(life.store.db, subject)
    expect(JSON.stringify(entry)).toContain(JSON.stringify(text).slice(1, -1))
  })

  it('a list without a header is refused in a sentence', async () => {
    const life = await startLife()
    await expect(load(life, '')).rejects.toThrow('The list is empty')
    await expect(load(life, row(1))).rejects.toThrow('`number` is not among them')
    await expect(load(life, '"number\n')).rejects.toThrow('The first line cannot be read')
  })
})
