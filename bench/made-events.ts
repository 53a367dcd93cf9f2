/**
 * A day of made-up events, made in the engine. Visitors have eight events each, half of them page views; pages, cities
 * and sources are as uneven as they are on real sites. The same on every machine.
 */
export const VISITORS_EVENTS = 8

/** A number from 0 to 1, evenly spread, that depends on nothing but these. */
function spread(values: string): string {
  return `(cityHash64(${values}) % 1000003 / 1000003)`
}

/** Binds `day`, `batch`, `events` and `sites`, ids of which the first ones have the most visitors. */
export const MADE_EVENTS = `INSERT INTO events (batch_id, row, day, visitor, time, site, event_id, type, collector, basis, hostname, page, referrer, source, channel, country, region, city, network, browser, browser_version, os, os_version, device, screen, language, visible_ms, scroll_percent)
SELECT {batch:UInt64}, number, {day:Date}, visitor,
  toDateTime({day:Date}, 'UTC') + people % 80000 + nth * (40 + people % 900),
  {sites:Array(UInt64)}[1 + toUInt32(pow(${spread('people')}, 2) * length({sites:Array(UInt64)}))],
  cityHash64({day:Date}, number), if(nth % 2 = 0, 'pageview', 'engagement'), 'tracker', 'performance@rev1', 'example.com',
  concat('/page/', toString(toUInt32(pow(${spread('visitor, intDiv(nth, 2)')}, 4) * 3000))),
  if(nth = 0, from, ''), if(nth = 0, from, ''), if(nth = 0, ['Direct', 'Organic Search', 'Referral', 'Email'][1 + people % 4], ''),
  ['DE', 'FR', 'GB', 'US', 'NL', 'DK', 'ES', 'IT'][1 + toUInt32(pow(${spread('people + 1')}, 2) * 8)],
  concat('R', toString(people % 60)), concat('City ', toString(toUInt32(pow(${spread('people + 2')}, 3) * 1500))),
  concat('Network ', toString(toUInt32(pow(${spread('people + 3')}, 3) * 300))),
  ['Chrome', 'Safari', 'Firefox', 'Edge'][1 + people % 4], toString(120 + people % 25),
  ['Windows', 'macOS', 'Android', 'iOS', 'Linux'][1 + people % 5], toString(10 + people % 6),
  ['desktop', 'mobile', 'tablet'][1 + people % 3], ['1440x900', '1920x1080', '390x844'][1 + people % 3],
  ['de-DE', 'fr-FR', 'en-GB', 'en-US'][1 + people % 4], if(nth % 2 = 0, 0, people % 60000), if(nth % 2 = 0, 0, people % 101)
FROM (
  WITH cityHash64({day:Date}, intDiv(number, ${VISITORS_EVENTS})) AS key
  SELECT number, number % ${VISITORS_EVENTS} AS nth, key AS visitor, sipHash64(key) AS people,
    concat('source-', toString(toUInt32(pow(${spread('people + 4')}, 3) * 200)), '.example') AS from
  FROM numbers({events:UInt64})
)`
