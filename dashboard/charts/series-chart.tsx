import { useMemo, useRef, useState } from 'preact/hooks'
import type { Note } from '../../schema/note.ts'
import type { Interval } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { TimeAxis } from './axis.tsx'
import { CrosshairNote, useSentence } from './crosshair.tsx'
import { notesByPoint } from './notes.ts'
import { ticksTo } from './scale.ts'
import { areaPath, linePath, lonePoints, type Plane, type Point } from './series.ts'
import { useSize } from './size.ts'
import type { Subject } from './subject.ts'

const NO_NOTES: readonly Note[] = []
const TOP = 14
const BOTTOM = 30
const RIGHT = 10
/** Width of a digit of a 12 px label, generously: system fonts differ. */
const DIGIT = 8
/** Points that Page Up and Page Down pass: a week of days. */
const STRIDE = 7

export interface SeriesChartProps {
  points: Point[]
  interval: Interval
  subject: Subject
  /** What was written about the days of the line. */
  notes?: readonly Note[]
  /** Goes into a point's days; absent where a point is no longer than an hour. */
  open: ((point: Point) => void) | undefined
  showTable: () => void
}

/**
 * One line over time, with the cross-hair as a slider: a screen reader says each point as the arrow keys reach it.
 */
export function SeriesChart({
  points,
  interval,
  subject,
  notes = NO_NOTES,
  open,
  showTable,
}: SeriesChartProps) {
  const { text, format } = useSurroundings()
  const frame = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(frame)
  const [chosen, setChosen] = useState<number>()
  const { kind } = subject
  const sentence = useSentence(subject, interval)
  const noted = useMemo(() => notesByPoint(points, interval, notes), [points, interval, notes])

  const ticks = useMemo(() => {
    const all = points.flatMap((point) => [point.value ?? 0, point.before?.value ?? 0])
    return ticksTo(Math.max(0, ...all), kind)
  }, [points, kind])
  const labels = ticks.map((tick) => format.tick(kind, tick))
  const left = 10 + DIGIT * Math.max(...labels.map((label) => label.length))
  const base = height - BOTTOM
  const top = ticks.at(-1) ?? 1
  const last = points.length - 1
  const plane: Plane = {
    x: (index) => left + (last === 0 ? 0.5 : index / last) * (width - left - RIGHT),
    y: (value) => base - (value / top) * (base - TOP),
    base,
  }

  // Where the reader stands: the last point that is counted, until the cross-hair is moved.
  const counted = points.findLastIndex((point) => point.counted !== 'ahead')
  const standing = Math.min(chosen ?? Math.max(0, counted), last)
  const point = points[standing]
  const told = noted[standing] ?? []

  function follow(event: PointerEvent) {
    const edge = frame.current?.getBoundingClientRect().left ?? 0
    const place = (event.clientX - edge - left) / Math.max(1, width - left - RIGHT)
    setChosen(Math.min(last, Math.max(0, Math.round(place * last))))
  }

  function press(event: KeyboardEvent) {
    const moves: Record<string, number> = {
      ArrowLeft: standing - 1,
      ArrowDown: standing - 1,
      ArrowRight: standing + 1,
      ArrowUp: standing + 1,
      PageDown: standing - STRIDE,
      PageUp: standing + STRIDE,
      Home: 0,
      End: last,
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = moves[event.key]
    if (target !== undefined) setChosen(Math.min(last, Math.max(0, target)))
    else if (event.key === 'Escape') setChosen(undefined)
    else if (event.key === 'Enter' && point) open?.(point)
    else if (event.key.toLowerCase() === 't') showTable()
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={frame}
      class={open ? 'chart chart-opens' : 'chart'}
      role="slider"
      tabIndex={0}
      aria-label={fill(open ? text.chart.crosshairOpens : text.chart.crosshair, { metric: subject.name })}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={standing}
      aria-valuetext={point && [sentence(point), ...told.map(({ text: note }) => note)].join('. ')}
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={() => setChosen(undefined)}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && setChosen(standing)}
      onBlur={() => setChosen(undefined)}
      onKeyDown={press}
      // A finger that only wants to read a point must not be led away; it has the table and the period picker.
      onClick={(event) => isByMouse(event) && point && open?.(point)}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" focusable="false">
          {ticks.map((tick, index) => (
            <g key={tick}>
              <line
                class={tick === 0 ? 'base' : 'grid'}
                x1={left}
                x2={width - RIGHT}
                y1={plane.y(tick)}
                y2={plane.y(tick)}
              />
              <text class="tick" x={left - 8} y={plane.y(tick) + 4} text-anchor="end">
                {labels[index]}
              </text>
            </g>
          ))}
          <TimeAxis points={points} interval={interval} plane={plane} width={width} y={height - 8} />
          <Flags noted={noted} plane={plane} />
          <Lines points={points} plane={plane} />
          {chosen !== undefined && point && (
            <g>
              <line class="crosshair" x1={plane.x(standing)} x2={plane.x(standing)} y1={TOP - 6} y2={base} />
              {point.before?.value !== null && point.before !== undefined && (
                <circle class="dot-before" cx={plane.x(standing)} cy={plane.y(point.before.value)} r="3.5" />
              )}
              {point.value !== null && (
                <circle class="dot" cx={plane.x(standing)} cy={plane.y(point.value)} r="4.5" />
              )}
            </g>
          )}
        </svg>
      )}
      {chosen !== undefined && point && (
        <CrosshairNote
          point={point}
          notes={told}
          subject={subject}
          interval={interval}
          x={plane.x(standing)}
          width={width}
          opens={open !== undefined}
        />
      )}
    </div>
  )
}

/** Where somebody wrote about a day: a line up from the zero line, with a flag on top. */
function Flags({ noted, plane }: { noted: readonly (readonly Note[])[]; plane: Plane }) {
  return (
    <g>
      {noted.map(
        (notes, index) =>
          notes.length > 0 && (
            <g key={index}>
              <line class="note-line" x1={plane.x(index)} x2={plane.x(index)} y1={TOP} y2={plane.base} />
              <circle class="note-flag" cx={plane.x(index)} cy={plane.base} r="4" />
            </g>
          ),
      )}
    </g>
  )
}

/** Browsers send clicks as pointer events; the types do not say so yet. */
function isByMouse(event: MouseEvent): boolean {
  return 'pointerType' in event && event.pointerType === 'mouse'
}

/** What is counted in full is drawn firmly; the open bucket, which will still grow, lightly. */
function Lines({ points, plane }: { points: Point[]; plane: Plane }) {
  const before = points.map((point) => point.before?.value ?? null)
  const open = points.findIndex((point) => point.counted === 'open')
  const firm = points.map((point) => (point.counted === 'open' ? null : point.value))
  const light = points.map((point, index) => (index === open || index === open - 1 ? point.value : null))
  const hasOpen = open >= 0
  return (
    <g>
      <path class="line-before" d={linePath(before, plane)} />
      <path class="area" d={areaPath(firm, plane)} />
      <path class="line" d={linePath(firm, plane)} />
      {lonePoints(firm).map(({ index, value }) => (
        <circle key={index} class="dot" cx={plane.x(index)} cy={plane.y(value)} r="2.5" />
      ))}
      {hasOpen && <path class="area area-open" d={areaPath(light, plane)} />}
      {hasOpen && <path class="line line-open" d={linePath(light, plane)} />}
      {hasOpen && typeof light[open] === 'number' && (
        <circle class="dot-open" cx={plane.x(open)} cy={plane.y(light[open])} r="3" />
      )}
    </g>
  )
}
