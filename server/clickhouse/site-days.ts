/**
 * Days of sites by number, while several days of a month are sealed at once: one short number is quicker to sort and
 * group by than a site and a day.
 */

/** Of a row with `site` and `day`, a UInt32. Binds `sites`; 0 to 31: of another site. */
export const SITE_DAY =
  'toUInt32(transform(site, {sites:Array(UInt64)}, arrayEnumerate({sites:Array(UInt64)}), toUInt32(0)) * 32 + toDayOfMonth(day))'

/** The same number. `sites`: what is bound, decimal ids. */
export function siteDayOf(sites: readonly string[], site: string, day: string): number {
  return (sites.indexOf(site) + 1) * 32 + Number(day.slice(-2))
}

/** The site of such a number, as SQL. */
export function siteOf(siteDay: string): string {
  return `arrayElement({sites:Array(UInt64)}, intDiv(${siteDay}, 32))`
}

/** The day of such a number, as SQL. Binds `days`, those that are sealed, all of one month. */
export function dayOf(siteDay: string): string {
  return `(toStartOfMonth(arrayElement({days:Array(Date)}, 1)) + ${siteDay} % 32 - 1)`
}
