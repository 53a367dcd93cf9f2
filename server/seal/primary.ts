import { isUntouched } from '../clickhouse/day-marks.ts'
import { FIRST_DAYS, IS_FIRST_DAY_LOGGED, PRIMARY_ROW, type FirstDay } from '../clickhouse/primary.ts'
import { ask, type SealClient } from './ask.ts'
import { readMarks } from './marks.ts'

/** Later than any day. */
const LAST_DAY = '2149-06-06'

/** Those of the sites whose day is told by logs. */
export async function findLogSites(
  write: Pick<SealClient, 'query'>,
  day: string,
  sites: readonly string[],
): Promise<string[]> {
  const marks = await readMarks(write, LAST_DAY)
  const open = marks.filter((mark) => !isUntouched(mark)).map((mark) => mark.day)
  const firsts = await ask<FirstDay>(write, FIRST_DAYS, { sites: sites.map(BigInt), open: [...open, day] })
  const tracked = new Map(
    firsts.filter(({ collector }) => collector === 'tracker').map((first) => [first.site, first.day]),
  )
  const told: string[] = []
  for (const { site, collector } of firsts) {
    if (collector !== 'log') continue
    const first = tracked.get(site)
    if (first === undefined || day < first || (day === first && (await isLogged(write, site, day)))) {
      told.push(site)
    }
  }
  return told
}

async function isLogged(write: Pick<SealClient, 'query'>, site: string, day: string): Promise<boolean> {
  const parameters = { site: BigInt(site), day, primary: PRIMARY_ROW }
  const [row] = await ask<{ logged: number }>(write, IS_FIRST_DAY_LOGGED, parameters)
  return row?.logged === 1
}
