/** A flow as a diagram of streams: which boxes stand where, and the bands between them. */
import type { QueryAnswer } from '../../schema/query.ts'

/** What is folded or beyond the limit, as the API calls it. */
const OTHER = '(other)'

export interface Box {
  key: string
  /** Column, counted from the left. */
  column: number
  kind: 'step' | 'page' | 'other' | 'end'
  /** Path of a page; empty for `other` and `end`. */
  name: string
  visits: number
  /** Pixels from the top; the slot is at least as high as a line of text. */
  top: number
  slot: number
  /** Height of what is drawn: the visits, in pixels. */
  height: number
}

export interface Band {
  from: Box
  to: Box
  visits: number
  /** Pixels from the top, at each end, and how high the band is. */
  fromTop: number
  toTop: number
  height: number
}

export interface Streams {
  boxes: Box[]
  bands: Band[]
  columns: number
  height: number
}

export interface Frame {
  /** Pixels that all visits of the first column take. */
  scale: number
  /** Least height of a slot, pixels. */
  slot: number
  gap: number
}

interface Edge {
  step: number
  near: string
  far: string
  visits: number
}

function keyOf(column: number, name: string | null): string {
  return `${column} ${name === null ? 'end' : name === OTHER ? 'other' : `page ${name}`}`
}

function edgesOf(answer: QueryAnswer, direction: 'from' | 'to'): Edge[] {
  return answer.rows.map((row) => {
    const step = Number(row['step'])
    const [near, far] = direction === 'from' ? [row['from'], row['to']] : [row['to'], row['from']]
    return {
      step,
      // The step itself is the one box of its column, whatever it is called.
      near: step === 1 ? '0 step' : keyOf(step - 1, textOrNull(near)),
      far: keyOf(step, textOrNull(far)),
      visits: row.visits ?? 0,
    }
  })
}

function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

function boxOf(key: string, visits: number, own: string): Omit<Box, 'top' | 'slot' | 'height'> {
  const [, column = '0', kind = '', name = ''] = /^(\d+) (\w+) ?(.*)$/s.exec(key) ?? []
  if (kind === 'page') return { key, column: Number(column), kind, name, visits }
  if (kind === 'step') return { key, column: 0, kind, name: own, visits }
  return { key, column: Number(column), kind: kind === 'other' ? 'other' : 'end', name: '', visits }
}

/** Pages first, by visits; then what is put together, then where visits end. */
const ORDER = { step: 0, page: 0, other: 1, end: 2 } as const

/**
 * Places the boxes of an answer. Time runs from left to right: a flow `to` a step has it at the right.
 * @param own what the step is called
 */
export function streamsOf(
  answer: QueryAnswer,
  direction: 'from' | 'to',
  own: string,
  { scale, slot, gap }: Frame,
): Streams {
  const edges = edgesOf(answer, direction)
  const hops = Math.max(0, ...edges.map(({ step }) => step))
  const sums = new Map<string, number>()
  const add = (key: string, visits: number) => sums.set(key, (sums.get(key) ?? 0) + visits)
  for (const { step, near, far, visits } of edges) {
    if (step === 1) add(near, visits)
    add(far, visits)
  }
  const whole = Math.max(1, sums.get('0 step') ?? 0)
  const pixels = (visits: number) => Math.max(1, (visits / whole) * scale)

  const boxes = new Map<string, Box>()
  let height = 0
  for (let column = 0; column <= hops; column++) {
    const inColumn = [...sums]
      .filter(([key]) => key.startsWith(`${column} `))
      .map(([key, visits]) => boxOf(key, visits, own))
      .toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || b.visits - a.visits)
    let top = 0
    for (const box of inColumn) {
      const drawn = pixels(box.visits)
      const taken = Math.max(slot, drawn)
      boxes.set(box.key, {
        ...box,
        column: direction === 'from' ? column : hops - column,
        top,
        slot: taken,
        height: drawn,
      })
      top += taken + gap
    }
    height = Math.max(height, top - gap)
  }
  return {
    boxes: [...boxes.values()],
    bands: bandsOf(edges, boxes, direction, pixels),
    columns: hops + 1,
    height,
  }
}

/** Bands leave and reach a box in the order of the boxes at their other end, so that they cross as little as can be. */
function bandsOf(
  edges: readonly Edge[],
  boxes: ReadonlyMap<string, Box>,
  direction: 'from' | 'to',
  pixels: (visits: number) => number,
): Band[] {
  const bands = edges.flatMap(({ near, far, visits }) => {
    const [one, other] = [boxes.get(near), boxes.get(far)]
    if (!one || !other || visits === 0) return []
    const [from, to] = direction === 'from' ? [one, other] : [other, one]
    return [{ from, to, visits, height: pixels(visits), fromTop: 0, toTop: 0 }]
  })
  const used = new Map<string, number>()
  const take = (end: string, box: Box, height: number) => {
    const key = `${end} ${box.key}`
    const at = used.get(key) ?? 0
    used.set(key, at + height)
    return box.top + at
  }
  for (const band of bands.toSorted((a, b) => a.to.top - b.to.top)) {
    band.fromTop = take('from', band.from, band.height)
  }
  for (const band of bands.toSorted((a, b) => a.from.top - b.from.top)) {
    band.toTop = take('to', band.to, band.height)
  }
  return bands
}

/** The outline of a band between two heights, as an SVG path. */
export function bandPath(x1: number, y1: number, x2: number, y2: number, height: number): string {
  const middle = (x1 + x2) / 2
  const [a, b, c, d] = [y1, y2, y2 + height, y1 + height].map((y) => Math.round(y * 2) / 2)
  return `M${x1} ${a}C${middle} ${a} ${middle} ${b} ${x2} ${b}L${x2} ${c}C${middle} ${c} ${middle} ${d} ${x1} ${d}Z`
}
