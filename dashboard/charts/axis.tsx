import type { Interval } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { labelledPositions, MOST_TICKS } from './scale.ts'
import type { Plane, Point } from './series.ts'

/** Width of a letter of a 12 px label, generously: system fonts differ. */
const LETTER = 7.5
/** Least distance between two labels. */
const GAP = 16
/** Below this width of the chart three labels fit, not five. */
const NARROW = 560

interface Label {
  x: number
  text: string
  anchor: 'start' | 'middle' | 'end'
  isOpen: boolean
}

function extent({ x, text, anchor }: Label): [number, number] {
  const length = text.length * LETTER
  if (anchor === 'start') return [x, x + length]
  return anchor === 'end' ? [x - length, x] : [x - length / 2, x + length / 2]
}

export interface TimeAxisProps {
  points: Point[]
  interval: Interval
  plane: Plane
  width: number
  y: number
}

/** The labels of time: five at most, the open bucket by its name, none over another. */
export function TimeAxis({ points, interval, plane, width, y }: TimeAxisProps) {
  const { text, format } = useSurroundings()
  const open = points.findIndex((point) => point.counted === 'open')

  function labelAt(index: number): Label | undefined {
    const point = points[index]
    if (!point) return undefined
    const isOpen = index === open
    const label: Label = {
      x: plane.x(index),
      text: isOpen ? text.chart.open[interval] : format.timeShort(point.time, interval),
      anchor: 'middle',
      isOpen,
    }
    const [from, to] = extent(label)
    if (from < 4) return { ...label, anchor: 'start', x: Math.max(4, Math.min(label.x, plane.x(0))) }
    return to > width - 4 ? { ...label, anchor: 'end', x: width - 6 } : label
  }

  const most = (width < NARROW ? 3 : MOST_TICKS) - (open >= 0 ? 1 : 0)
  const shown: Label[] = []
  // The open bucket first: its name matters more than a date beside it.
  for (const index of [open, ...labelledPositions(points.length, most)]) {
    const label = labelAt(index)
    if (!label) continue
    const [from, to] = extent(label)
    const isFree = shown.every((other) => {
      const [otherFrom, otherTo] = extent(other)
      return to + GAP <= otherFrom || from - GAP >= otherTo
    })
    if (isFree) shown.push(label)
  }

  return (
    <g>
      {shown.map((label) => (
        <text
          key={label.text + label.x}
          class={label.isOpen ? 'tick tick-open' : 'tick'}
          x={label.x}
          y={y}
          text-anchor={label.anchor}
        >
          {label.text}
        </text>
      ))}
    </g>
  )
}
