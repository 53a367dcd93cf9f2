import type { TraitDimension, TraitQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { TRAIT_MINIMUM } from '../../schema/targeting.ts'
import { UserError } from '../errors.ts'
import type { AnsweredRow } from './ask.ts'
import { planCounts } from './counts.ts'
import { hiddenCells } from './minimum-group-cells.ts'
import { OTHER } from './minimum-group.ts'
import type { Span } from './plan.ts'
import type { Planned } from './planned.ts'
import { eventsRelation } from './relations.ts'
import { findSources } from './sealed.ts'
import type { Statement } from './sql.ts'

export const TRAIT_PREFIX = 'trait:'

/**
 * How many browsers told that they are of a group (R1.6): each value of each day by itself, and none of fewer than twenty.
 * Traits are told one by one and of nobody, so no question crosses two of them, or one with a page.
 */
export function planTraits(query: TraitQuery, site: Site, now: number): Planned {
  const { filters = [], breakdown } = query
  const dimension = traitOf([...(breakdown ? [breakdown] : []), ...filters.map((one) => one.dimension)], site)
  return planCounts<'visitors', TraitDimension>(
    (asking, fold) => ({
      async read(_, span) {
        const { isOnce } = await findSources(asking, site, span)
        const cells = (await asking(traitStatement(site, dimension, span, isOnce))).map(cellOf)
        const { told, folded } = release(cells, Math.max(TRAIT_MINIMUM, site.minimumGroup))
        fold(folded)
        return told.map(({ day, value, people }) =>
          Object.assign({ day, metric: 'visitors' as const, count: people }, { [dimension]: value }),
        )
      },
    }),
    site,
    { ...query, metrics: ['visitors'] },
    now,
  )
}

function traitOf([first, ...others]: readonly TraitDimension[], site: Site): TraitDimension {
  if (first === undefined) throw new Error('a question about traits names one')
  if (others.some((one) => one !== first)) {
    throw new UserError(
      'A question takes one trait: they are told one by one, and cannot be laid upon each other.',
    )
  }
  if (!site.traits.some((trait) => first === `${TRAIT_PREFIX}${trait}`)) {
    throw new UserError(
      `${site.domain} does not count ${first}: its traits are ${site.traits.join(', ') || 'none'}, and \`sluice site set --traits\` declares them.`,
    )
  }
  return first
}

interface Cell {
  readonly day: string
  readonly value: string
  readonly people: number
}

function cellOf(row: AnsweredRow): Cell {
  return { day: String(row['date']), value: String(row['value_told']), people: Number(row['people']) }
}

/** Each day for itself, so that longer periods are sums of what may be told. */
function release(cells: readonly Cell[], minimum: number): { told: Cell[]; folded: number } {
  const told: Cell[] = []
  let folded = 0
  for (const day of new Set(cells.map((cell) => cell.day))) {
    const own = cells.filter((cell) => cell.day === day)
    const hidden = hiddenCells(own, minimum)
    told.push(...own.filter((cell) => !hidden.includes(cell)))
    const people = hidden.reduce((sum, cell) => sum + cell.people, 0)
    // What is too little even together is not told at all.
    if (people >= minimum) told.push({ day, value: OTHER, people })
    folded += hidden.length
  }
  return { told, folded }
}

function traitStatement(
  site: Site,
  dimension: TraitDimension,
  { from, to }: Span,
  isOnce: boolean,
): Statement {
  return {
    text: `SELECT toString(day) AS date, props['value'] AS value_told, count() AS people
FROM (
${eventsRelation({ columns: ['name', 'props'], from: 'span', isOnce, whose: 'targeting' })}
)
WHERE type = 'trait' AND name = {trait:String}
GROUP BY date, value_told`,
    values: { site: site.id, from, to, trait: dimension.slice(TRAIT_PREFIX.length) },
  }
}
