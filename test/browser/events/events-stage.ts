import { calendarOf } from '../../../server/sites/site-day.ts'
import type { ConsentRecord } from '../../../schema/consent.ts'
import type { WireEvent } from '../../../schema/event.ts'
import { parseEvent } from '../../../server/collect/parse.ts'
import type { Visitor } from '../../support/browser.ts'
import { holding, html, type ConsentStage } from '../consent/consent-stage.ts'
import type { ConsentCollector, ConsentOptions } from '../consent/fake-consent.ts'

/** A choice that allows statistics, made on another day; the token is one that `/e` accepts. */
export const GRANTED: ConsentRecord = {
  categories: ['essential', 'performance'],
  revision: 1,
  day: '2026-11-24',
  until: '2099-01-01',
  token: '1~performance~held',
  hour: Math.floor(Date.now() / 3_600_000),
  calendar: calendarOf('UTC', Date.now()),
}

export interface Measured {
  readonly collector: ConsentCollector
  readonly visitor: Visitor
}

/** Opens `/page`, with this in its body and these attributes on its tag, as a visitor who has allowed statistics. */
export async function measured(
  stage: ConsentStage,
  body = '',
  attributes = '',
  options: {
    record?: Partial<ConsentRecord>
    collect?: ConsentOptions
    prepare?: (visitor: Visitor) => Promise<unknown>
    /** Default: that of the stage. */
    visit?: ConsentStage['visit']
  } = {},
): Promise<Measured> {
  const collector = await stage.collect(options.collect)
  collector.tokens.add(GRANTED.token as string)
  stage.pages.route('/page', html(collector.tag(attributes), body))
  const { visit = stage.visit } = options
  const visitor = await visit('/page', {}, async (newcomer) => {
    await holding(stage.site, options.record ?? GRANTED)(newcomer)
    await options.prepare?.(newcomer)
  })
  await visitor.settle()
  return { collector, visitor }
}

/** Events of a kind that the collector received, each once, as they happened: requests overtake one another. Without what all have. */
export function told<Type extends WireEvent['type']>(
  collector: ConsentCollector,
  type: Type,
): Omit<Extract<WireEvent, { type: Type }>, 'id' | 'time' | 'type'>[] {
  const once = new Map(collector.events().map((event) => [event.id, event]))
  return [...once.values()]
    .toSorted((a, b) => a.time - b.time)
    .filter((event) => event.type === type)
    .map((event) => {
      if (!parseEvent(event).kept) throw new Error(`The collector would drop ${JSON.stringify(event)}.`)
      const bare = { ...event } as Partial<WireEvent>
      delete bare.id
      delete bare.time
      delete bare.type
      return bare as Omit<Extract<WireEvent, { type: Type }>, 'id' | 'time' | 'type'>
    })
}

/** Goes to a page without a tracker, so that the one before has told all. */
export async function leave({ page }: Visitor, site: string): Promise<void> {
  await page.goto(`${site}/plain`)
  // What a page sends at its end arrives without a word of the browser's driver.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
}

/** All kinds of events but page views and engagement. */
export const more = (collector: ConsentCollector): WireEvent[] =>
  collector.events().filter(({ type }) => type !== 'pageview' && type !== 'engagement')
