import { crc32 } from 'node:zlib'

/** One number of the drop ledger: how often something happened at the collector within an hour, and nothing of whom. */
export interface DropCell {
  /** Internal id of the site; 0: of the installation, since no site is known. */
  readonly siteId: number
  /** Day and hour of the site's clock at which it was decided; of UTC where there is no site. */
  readonly day: string
  readonly hour: number
  readonly kind: DropKind
  /** A DropReason; of `scrubbed` the kind of value that was taken out; of `late` nothing. */
  readonly reason: string
}

/** Ended by a drop, kept with another time than it was sent with, or kept without a value that was taken out. */
export const DROP_KINDS = ['dropped', 'late', 'scrubbed'] as const
export type DropKind = (typeof DROP_KINDS)[number]

export interface CountedCell extends DropCell {
  readonly count: number
}

/** Sums of cells. */
export interface CellSums {
  add(cell: DropCell, count: number): void
  list(): CountedCell[]
  readonly size: number
}

export function createCellSums(): CellSums {
  const sums = new Map<string, { cell: DropCell; count: number }>()
  return {
    add(cell, count) {
      const key = headOf(cell)
      const known = sums.get(key)
      if (known) known.count += count
      else sums.set(key, { cell, count })
    },
    list: () => [...sums.values()].map(({ cell, count }) => Object.assign({}, cell, { count })),
    get size() {
      return sums.size
    },
  }
}

function headOf({ siteId, day, hour, kind, reason }: DropCell): string {
  return `${siteId}\t${day}\t${hour}\t${kind}\t${reason}`
}

/** A counted cell as a line of the journal, with a checksum at its end. */
export function lineOf(cell: CountedCell): string {
  const said = `${headOf(cell)}\t${cell.count}`
  return `${said}\t${crc32(said).toString(16)}\n`
}

/**
 * The cells of a journal, up to the first line that is not whole: nothing that was written behind it was ever answered,
 * since a block is synced before the next is written.
 */
export function cellsOf(text: string): CountedCell[] {
  const cells: CountedCell[] = []
  for (const line of text.split('\n')) {
    const cell = cellOf(line)
    if (!cell) break
    cells.push(cell)
  }
  return cells
}

function cellOf(line: string): CountedCell | undefined {
  const end = line.lastIndexOf('\t')
  const said = line.slice(0, Math.max(0, end))
  if (end < 0 || crc32(said).toString(16) !== line.slice(end + 1)) return undefined
  const [siteId, day = '', hour, kind, reason = '', count] = said.split('\t')
  const known = DROP_KINDS.find((one) => one === kind)
  if (known === undefined) return undefined
  return { siteId: Number(siteId), day, hour: Number(hour), kind: known, reason, count: Number(count) }
}
