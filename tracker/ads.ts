import { ADS_KEY } from '../schema/consent.ts'
import type { TellOfNobody } from './counted.ts'
import { MAX_CAMPAIGNS, MAX_TEXT, MAX_TOUCH_DAYS, MAX_TOUCHES } from './event-limits.ts'
import { createKept, today, type IsGranted } from './kept.ts'

/** How often an ad may be seen. */
export interface AdLimit {
  /** Most times, 1 to 100. */
  max: number
  /** Within so many days, today among them; 1 to 90. Default 1. */
  perDays?: number
}

export interface Ads {
  shouldShow(campaign: string, limit: AdLimit): boolean
  shown(campaign: string): void
  clicked(campaign: string): void
  /** A page was reached by a link of the campaign: counted as a click of it, once a day. */
  arrived(campaign: string): void
  /** Something was tracked: the effect of the campaign that was touched last, if any was. */
  converted(event: string): void
}

/** Days, counted from 1970, on which a campaign was seen and followed; a day for each time. */
interface Touches {
  shown: number[]
  clicked: number[]
}

/** Days within reach, the oldest first. */
const recent = (days: number[]): number[] =>
  days.filter((day) => day > today() - MAX_TOUCH_DAYS).slice(-MAX_TOUCHES)

/** The collector takes no campaign and no event without a name, and cuts long ones. */
const isName = (name: unknown): name is string => typeof name === 'string' && /[^\s\p{C}]/u.test(name)

/**
 * Campaigns as this browser remembers them: which, when and how often stays in it. Told is what became of an ad, by itself
 * and of nobody.
 */
export function createAds(isGranted: IsGranted, tell: TellOfNobody): Ads {
  const kept = createKept<Touches>(ADS_KEY, 'targeting', isGranted)

  function touch(name: string, kind: keyof Touches): void {
    if (!isName(name)) return
    const campaign = name.slice(0, MAX_TEXT)
    const all = kept.read()
    const { shown = [], clicked = [] } = all.get(campaign) ?? {}
    const touches = { shown, clicked }
    touches[kind].push(today())
    // The one that was touched last stands last.
    all.delete(campaign)
    all.set(campaign, { shown: recent(shown), clicked: recent(clicked) })
    kept.write(new Map([...all].slice(-MAX_CAMPAIGNS)))
    tell({ type: 'ad', action: kind === 'shown' ? 'impression' : 'click', campaign })
  }

  return {
    shouldShow(campaign, { max, perDays = 1 }) {
      const { shown = [] } = kept.read().get(campaign) ?? {}
      return isGranted('targeting') && shown.filter((day) => day > today() - perDays).length < max
    },
    shown: (campaign) => touch(campaign, 'shown'),
    clicked: (campaign) => touch(campaign, 'clicked'),
    arrived(campaign) {
      if (!kept.read().get(campaign)?.clicked.includes(today())) touch(campaign, 'clicked')
    },
    converted(event) {
      const [last] = [...kept.read()].slice(-1)
      if (!last || !isName(event)) return
      const [campaign, { shown, clicked }] = last
      const days = [...recent(shown), ...recent(clicked)]
      const touches = days.length
      if (touches > 0)
        tell({
          type: 'ad',
          action: 'conversion',
          campaign,
          event: event.slice(0, MAX_TEXT),
          touches,
          days: today() - Math.min(...days),
        })
    },
  }
}
