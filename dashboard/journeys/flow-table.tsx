import type { QueryAnswer, QueryRow } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { wordsIn } from '../text/words.ts'
import { OTHER } from '../views/breakdown.tsx'
import { JOURNEYS_TEXT } from './text.ts'

/** The twin of the streams: each band is a row; its share is of all visits that took the step. */
export function FlowTable({ answer, direction }: { answer: QueryAnswer; direction: 'from' | 'to' }) {
  const { format } = useSurroundings()
  const words = wordsIn(JOURNEYS_TEXT)
  const whole = answer.rows.reduce((sum, row) => sum + (Number(row['step']) === 1 ? (row.visits ?? 0) : 0), 0)

  function nameOf(value: QueryRow[string] | undefined): string {
    if (value === null || value === undefined) return direction === 'from' ? words.ended : words.began
    return value === OTHER ? words.other : String(value)
  }

  return (
    <table class="data">
      <caption class="unseen">{words.table}</caption>
      <thead>
        <tr>
          <th scope="col">{words.step}</th>
          <th scope="col">{words.source}</th>
          <th scope="col">{words.target}</th>
          <th scope="col" class="number">
            {words.count}
          </th>
          <th scope="col" class="number">
            {words.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row, index) => (
          <tr key={index}>
            <td class="number-start">{row['step']}</td>
            <td>
              <bdi>{nameOf(row['from'])}</bdi>
            </td>
            <td>
              <bdi>{nameOf(row['to'])}</bdi>
            </td>
            <td class="number">{format.exact(row.visits ?? 0)}</td>
            <td class="number quiet">{format.share(whole > 0 ? (row.visits ?? 0) / whole : 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
