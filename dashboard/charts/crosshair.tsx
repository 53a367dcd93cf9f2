import type { Note } from '../../schema/note.ts'
import type { Interval } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import type { Point } from './series.ts'
import type { Subject } from './subject.ts'

/** A point's time, with what is special about how far it is counted. */
export function usePointTime(interval: Interval): (point: Point) => string {
  const { text, format } = useSurroundings()
  return ({ time, counted }) => {
    const long = format.timeLong(time, interval)
    if (counted === 'open') return fill(text.chart.soFar, { time: long })
    return counted === 'part' ? fill(text.chart.inPart, { time: long }) : long
  }
}

/** A point as one sentence, for those who hear it. */
export function useSentence({ name, kind }: Subject, interval: Interval): (point: Point) => string {
  const { text, format } = useSurroundings()
  const timeOf = usePointTime(interval)
  return (point) => {
    const value =
      point.counted === 'ahead'
        ? text.chart.ahead
        : point.value === null
          ? text.notKnown
          : `${format.value(kind, point.value)} ${name}`
    if (!point.before) return `${timeOf(point)}: ${value}`
    const before = fill(text.chart.pointBefore, {
      value: format.value(kind, point.before.value),
      time: format.timeLong(point.before.time, interval),
    })
    return `${timeOf(point)}: ${value}; ${before}`
  }
}

interface CrosshairNoteProps {
  point: Point
  /** What was written about it. */
  notes: readonly Note[]
  subject: Subject
  interval: Interval
  /** Of the cross-hair, from the chart's left edge. */
  x: number
  width: number
  opens: boolean
}

/** The note beside the cross-hair. The slider says the same to a screen reader, so it is hidden from it. */
export function CrosshairNote({ point, notes, subject, interval, x, width, opens }: CrosshairNoteProps) {
  const { text, format } = useSurroundings()
  const timeOf = usePointTime(interval)
  const { name, kind } = subject
  const change = point.counted === 'whole' ? subject.change?.(point.value, point.before?.value) : undefined
  const isRight = x < width / 2
  const place = isRight ? { left: `${x + 14}px` } : { right: `${width - x + 14}px` }
  return (
    <div class="note" style={place} aria-hidden="true">
      <p class="note-time">{timeOf(point)}</p>
      <p class="note-value">
        <span class="key" />
        <strong>{point.counted === 'ahead' ? text.chart.ahead : format.value(kind, point.value)}</strong>{' '}
        {name}
      </p>
      {point.before && (
        <p class="note-before">
          <span class="key key-before" />
          <span class="number">{format.value(kind, point.before.value)}</span>{' '}
          <span class="quiet">{format.timeLong(point.before.time, interval)}</span>
        </p>
      )}
      {change && (
        <p class="quiet">
          {change.sign} {change.word}
        </p>
      )}
      {notes.map(({ id, text: note }) => (
        <p key={id} class="note-told">
          <bdi>{note}</bdi>
        </p>
      ))}
      {opens && (
        <p class="quiet note-hint">{interval === 'day' ? text.chart.openDay : text.chart.openDays}</p>
      )}
    </div>
  )
}
