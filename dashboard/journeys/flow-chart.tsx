import { useRef } from 'preact/hooks'
import type { QueryAnswer } from '../../schema/query.ts'
import { useSize } from '../charts/size.ts'
import { useSurroundings } from '../context.ts'
import type { View } from '../state.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { PageLink } from '../views/page-link.tsx'
import { Wide } from '../views/wide.tsx'
import { isAskable } from '../views/row-links.tsx'
import { bandPath, streamsOf, type Box } from './streams.ts'
import { JOURNEYS_TEXT } from './text.ts'

/** Width of a box, and the least that a column with its label takes: below that the chart scrolls. */
const BOX = 10
const COLUMN = 168
/** Height of the first column, and of a line of text with room to press it. */
const SCALE = 300
const SLOT = 44
const GAP = 4

export interface FlowChartProps {
  answer: QueryAnswer
  direction: 'from' | 'to'
  /** What the step is called. */
  own: string
  /** The view that goes on from a page. */
  address: (page: string) => Partial<View>
}

/** Streams of visits between pages. The bands are drawn, the pages are links over them. */
export function FlowChart({ answer, direction, own, address }: FlowChartProps) {
  const { format } = useSurroundings()
  const words = wordsIn(JOURNEYS_TEXT)
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const { boxes, bands, columns, height } = streamsOf(answer, direction, own, {
    scale: SCALE,
    slot: SLOT,
    gap: GAP,
  })
  const width = Math.max(size.width, columns * COLUMN)
  const column = width / columns
  const left = (box: Box) => box.column * column

  return (
    <div ref={frame}>
      <Wide class="flow" label={words.table}>
        <div class="flow-plane" style={{ inlineSize: `${width}px`, blockSize: `${height}px` }}>
          <svg width={width} height={height} aria-hidden="true" focusable="false">
            {bands.map(({ from, to, fromTop, toTop, height: thick }) => (
              <path
                key={`${from.key} > ${to.key}`}
                class={to.kind === 'end' || from.kind === 'end' ? 'band band-end' : 'band'}
                d={bandPath(left(from) + BOX, fromTop, left(to), toTop, thick)}
              />
            ))}
            {boxes.map((box) => (
              <rect
                key={box.key}
                class={box.kind === 'end' ? 'flow-box flow-end' : 'flow-box'}
                x={left(box)}
                y={box.top}
                width={BOX}
                height={box.height}
                rx="2"
              />
            ))}
          </svg>
          {boxes.map((box) => (
            <div
              key={box.key}
              class="flow-label"
              style={{
                insetInlineStart: `${left(box) + BOX}px`,
                insetBlockStart: `${box.top}px`,
                inlineSize: `${column - BOX - 4}px`,
              }}
            >
              {label(box)}
            </div>
          ))}
        </div>
      </Wide>
    </div>
  )

  function label(box: Box) {
    const visits = format.count(box.visits)
    const name =
      box.kind === 'other'
        ? words.other
        : box.kind === 'end'
          ? direction === 'from'
            ? words.ended
            : words.began
          : box.name
    const text = (
      <>
        <bdi class="flow-name" title={name}>
          {name}
        </bdi>
        <span class="flow-count number">{visits}</span>
      </>
    )
    if (box.kind !== 'page' || !isAskable(box.name)) return <span class="flow-plain">{text}</span>
    return (
      <PageLink class="flow-link" to={address(box.name)}>
        <span class="unseen">{fill(words.follow, { page: box.name, visits })}</span>
        <span aria-hidden="true" class="flow-text">
          {text}
        </span>
      </PageLink>
    )
  }
}
