import type { Page } from 'playwright-core'
import { DESKTOP_AGENT, type Visitor } from './browser.ts'

/** One thing that a visitor of the demo site does. */
export interface Step {
  readonly says: string
  readonly act: (page: Page) => Promise<unknown>
  /** The page that it must count, or nothing. */
  readonly counts: string | undefined
  /** The document that the back/forward cache gives back, by the address at which it was loaded. */
  readonly restores?: string
}

/** A way through the demo site: one visit. */
export interface Walk {
  /** Visitors of one network are told apart by their browser only. */
  readonly agent: string
  readonly entry: string
  readonly steps: readonly Step[]
}

const link =
  (to: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(`a[href="${to}"]`).first().click()
    await page.waitForURL(`**${to}`)
  }
// A page that comes back from the back/forward cache loads nothing, so there is no load to wait for.
const back = (page: Page): Promise<unknown> => page.goBack({ waitUntil: 'commit' })
const forward = (page: Page): Promise<unknown> => page.goForward({ waitUntil: 'commit' })

/** Full loads, pushState, back, forward and the back/forward cache, and what must not count among them. */
export const WALKS: readonly Walk[] = [
  {
    agent: DESKTOP_AGENT,
    entry: '/demo/?utm_source=letter&utm_medium=email&member=4711',
    steps: [
      { says: 'loads the gallery', act: link('/demo/gallery'), counts: '/demo/gallery' },
      {
        says: 'jumps to the content',
        act: (page) => page.evaluate(() => (location.hash = 'content')),
        counts: undefined,
      },
      { says: 'steps to a bike', act: link('/demo/bikes/tandem'), counts: '/demo/bikes/tandem' },
      { says: 'steps to the next', act: link('/demo/bikes/cargo'), counts: '/demo/bikes/cargo' },
      {
        says: 'has its address mended',
        act: (page) => page.evaluate(() => history.replaceState(null, '', '?colour=red')),
        counts: undefined,
      },
      { says: 'steps back', act: back, counts: '/demo/bikes/tandem' },
      { says: 'loads the prices', act: link('/demo/pricing'), counts: '/demo/pricing' },
      {
        says: 'goes back to the other document',
        act: back,
        counts: '/demo/bikes/tandem',
        restores: '/demo/gallery',
      },
      { says: 'goes forward again', act: forward, counts: '/demo/pricing', restores: '/demo/pricing' },
      { says: 'loads the page again', act: (page) => page.reload(), counts: '/demo/pricing' },
      { says: 'looks where the workshop is', act: link('/demo/contact'), counts: '/demo/contact' },
    ],
  },
  {
    agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    entry: '/demo/blog/winter-tyres',
    steps: [{ says: 'reads on', act: link('/demo/blog/a-quiet-bike'), counts: '/demo/blog/a-quiet-bike' }],
  },
]

/** Pages that a walk must count, in order. */
export function pagesOf({ entry, steps }: Walk): string[] {
  const first = entry.split('?', 1)[0] ?? ''
  return [first, ...steps.flatMap(({ counts }) => counts ?? [])]
}

/**
 * Takes a walk on the demo site at an origin. `check` is called after the arrival, without a step, and after each step,
 * when the page has come to rest.
 */
export async function takeWalk(
  visitor: Visitor,
  origin: string,
  walk: Walk,
  check: (step?: Step) => void | Promise<void> = () => {},
): Promise<void> {
  await visitor.page.goto(origin + walk.entry)
  await visitor.settle()
  await check()
  for (const step of walk.steps) {
    await step.act(visitor.page)
    await visitor.settle()
    await check(step)
  }
}
