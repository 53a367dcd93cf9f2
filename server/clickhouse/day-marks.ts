import { createHash } from 'node:crypto'

/**
 * Which days are sealed, and whether events came since: told by the database alone, so that no memory can be wrong.
 *
 * Every insert gives a partition a new part with a higher block number, merges keep the highest one, and deleting rows
 * changes none. A day's rollup says which it was computed from.
 */

/** Dimension of the row, of site 0, that stands for a sealed day. */
export const SEAL_ROW = 'seal'

export interface DayMark {
  /** `2026-11-24`. */
  readonly day: string
  /** Highest block its rollup was computed from, plus one; 0: it has none. */
  readonly sealed: number
  /** Highest block there is in `events`, plus one; 0: no events are left. */
  readonly latest: number
  /** Rows that did not count, since their event was there already. */
  readonly duplicates: number
  /** Rows of events there are. */
  readonly rows: number
  /** Whether its visits are kept. */
  readonly isKept: boolean
}

/** A row of MARKS. */
interface MarkRow {
  /** `seal`: what a day's rollup was computed from. The name of a table: a partition of it. */
  readonly kind: string
  /** A day, or the name of a partition. */
  readonly name: string
  /** Highest block, plus one. */
  readonly block: number
  readonly duplicates: number
  readonly present: number
  /** Of what the partition is made: a part never changes, and what changes it has another name. */
  readonly version: string
}

/** All there is to know of all days, in one look at the list of parts, in no order. Binds MARK_VALUES. */
export const MARKS = `SELECT 'seal' AS kind, toString(day) AS name, max(last_block) AS block, max(duplicates) AS duplicates, toUInt64(0) AS present, '' AS version
FROM rollup
WHERE site = 0 AND dimension = {seal:String}
GROUP BY day
UNION ALL
SELECT table, partition, toUInt64(max(max_block_number) + 1), toUInt64(0), sum(rows), toString(sipHash64(arraySort(groupArray(name))))
FROM system.parts
WHERE database = currentDatabase() AND table IN ({events:String}, {rollup:String}, {visits:String}) AND active
GROUP BY table, partition`

export const MARK_VALUES = { seal: SEAL_ROW, events: 'events', rollup: 'rollup', visits: 'visits' } as const

/** Rows of MARKS, whether numbers came as such or as text. */
export function markRows(found: readonly Readonly<Record<string, string | number>>[]): MarkRow[] {
  return found.map((row) => ({
    kind: String(row['kind']),
    name: String(row['name']),
    block: Number(row['block']),
    duplicates: Number(row['duplicates']),
    present: Number(row['present']),
    version: String(row['version']),
  }))
}

const UNKNOWN: Omit<DayMark, 'day'> = { sealed: 0, latest: 0, duplicates: 0, rows: 0, isKept: false }

/** What a row tells of its day, by its kind. */
const TOLD: Readonly<Record<string, (row: MarkRow) => Partial<DayMark>>> = {
  events: ({ block, present }) => ({ latest: block, rows: present }),
  seal: ({ block, duplicates }) => ({ sealed: block, duplicates }),
  visits: () => ({ isKept: true }),
}

/** Each day that has events or a rollup, in order. Put together here: to join them there takes as long as to find them. */
export function dayMarks(found: readonly MarkRow[]): DayMark[] {
  const days = new Map<string, DayMark>()
  for (const row of found) {
    const told = TOLD[row.kind]
    if (!told) continue
    days.set(row.name, { ...(days.get(row.name) ?? { ...UNKNOWN, day: row.name }), ...told(row) })
  }
  const marks = [...days.values()].filter(({ sealed, latest }) => sealed > 0 || latest > 0)
  return marks.toSorted((one, other) => (one.day < other.day ? -1 : 1))
}

/** Another text as soon as any rollup is another, or the events of some days. */
export function versionOf(found: readonly MarkRow[], isRead: (day: string) => boolean): string {
  const versions = found
    .filter(({ kind, name }) => kind === 'rollup' || (kind === 'events' && isRead(name)))
    .map(({ kind, name, version }) => `${kind} ${name} ${version}\n`)
  return createHash('sha256').update(versions.toSorted().join('')).digest('base64')
}

/** Nothing came since it was sealed, as far as the marks tell. */
export function isUntouched({ sealed, latest }: Pick<DayMark, 'sealed' | 'latest'>): boolean {
  return sealed > 0 && (latest === 0 || latest === sealed)
}
