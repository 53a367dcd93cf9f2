import type { QueryAnswer } from '../../schema/query.ts'
import { HEAT_STEPS } from '../charts/heat.ts'
import { toggleFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { stepEnds, stepOf } from './steps.ts'
import { PLACES_TEXT } from './text.ts'
import { COUNTRIES, WORLD } from './world.ts'

/** The map is for the eye and the pointer; its table, one key away, is for everybody. A click goes on to the regions. */
export function WorldMap({ answer }: { answer: QueryAnswer }) {
  const { format, view, go } = useSurroundings()
  const words = wordsIn(PLACES_TEXT)
  const visitors = new Map(answer.rows.map((row) => [String(row['country'] ?? ''), row.visitors ?? 0]))
  const drawn = [...visitors].filter(([country]) => Object.hasOwn(COUNTRIES, country))
  const ends = stepEnds(Math.max(0, ...drawn.map(([, count]) => count)))
  const elsewhere = [...visitors].reduce(
    (sum, [country, count]) => sum + (Object.hasOwn(COUNTRIES, country) ? 0 : count),
    0,
  )

  const open = (country: string) =>
    go({
      show: 'details',
      own: [['of', 'region']],
      filters: toggleFilter(
        view.filters.filter(({ dimension }) => dimension !== 'country'),
        'country',
        'is',
        country,
      ),
    })

  return (
    <>
      <svg class="map" viewBox={`0 0 ${WORLD.width} ${WORLD.height}`} aria-hidden="true" focusable="false">
        {Object.entries(COUNTRIES).map(([country, path]) => {
          const count = visitors.get(country) ?? 0
          const name = format.name('country', country)
          return (
            <path
              key={country}
              class={`country map-${stepOf(count, ends)}`}
              d={path}
              {...(count > 0 && { onClick: () => open(country) })}
            >
              <title>{fill(words.country, { country: name, visitors: format.exact(count) })}</title>
            </path>
          )
        })}
      </svg>
      <ul class="heat-key">
        <li>
          <span class="map-key map-0" />
          {words.none}
        </li>
        {ends.map((end, index) => (
          <li key={end}>
            <span class={`map-key map-${HEAT_STEPS - ends.length + index + 1}`} />
            <span class="number map-range">
              {fill(words.range, { from: format.exact((ends[index - 1] ?? 0) + 1), to: format.exact(end) })}
            </span>
          </li>
        ))}
      </ul>
      {elsewhere > 0 && (
        <p class="quiet foot-note">{fill(words.elsewhere, { visitors: format.exact(elsewhere) })}</p>
      )}
    </>
  )
}
