import { isUntouched } from '../clickhouse/day-marks.ts'
import { FIRST_DAYS, IS_FIRST_DAY_LOGGED, PRIMARY_ROW, type FirstDay } from '../clickhouse/primary.ts'
import { ask, type SealClient } from './ask.ts'
import { readMarks } from './marks.ts'

/** Later than any day. */
const LAST_DAY = '2149-06-06'

/** The days of sites that are told by logs, of some that are to be sealed. */
export async function findLogDays(
  write: Pick<SealClient, 'query'>,
  days: readonly string[],
  sites: readonly string[],
): Promise<{ site: string; day: string }[]> {
  const marks = await readMarks(write, LAST_DAY)
  const open = marks.filter((mark) => !isUntouched(mark)).map((mark) => mark.day)
  const parameters = { sites: sites.map(BigInt), open: [...new Set([...open, ...days])] }
  const firsts = await ask<FirstDay>(write, FIRST_DAYS, parameters)
  const tracked = new Map(
    firsts.filter(({ collector }) => collector === 'tracker').map((first) => [first.site, first.day]),
  )
  const told: { site: string; day: string }[] = []
  for (const { site } of firsts.filter(({ collector }) => collector === 'log')) {
    const first = tracked.get(site)
    for (const day of days) {
      if (first === undefined || day < first || (day === first && (await isLogged(write, site, day)))) {
        told.push({ site, day })
      }
    }
  }
  return told
}

async function isLogged(write: Pick<SealClient, 'query'>, site: string, day: string): Promise<boolean> {
  const parameters = { site: BigInt(site), day, primary: PRIMARY_ROW }
  const [row] = await ask<{ logged: number }>(write, IS_FIRST_DAY_LOGGED, parameters)
  return row?.logged === 1
}
