import axe, { type RunOptions } from 'axe-core'
import type { Frame, Page } from 'playwright-core'

/** How somebody looks at a page. */
export interface Look {
  /** Of the window, CSS pixels. */
  width: number
  colorScheme: 'light' | 'dark'
}

/** The narrowest phone and a wide screen, each in light and in dark. */
export const LOOKS: readonly Look[] = [320, 1440].flatMap((width) => [
  { width, colorScheme: 'light' },
  { width, colorScheme: 'dark' },
])
/** For what stands in the same frame: each width and each scheme once. */
export const TWO_LOOKS: readonly Look[] = [
  { width: 320, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
]

/** What axe-core finds on a page as it stands: the rule, and where. */
export async function axeBreaches(page: Page): Promise<string[]> {
  // Half of a fade would be judged by its moment.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
  for (const frame of page.frames()) await bringAxe(frame)
  return page.evaluate(async (options) => {
    const { violations } = await window.axe.run(document, options)
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
  }, OPTIONS)
}

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** Every rule; only of what is broken it is told where. */
const OPTIONS: RunOptions = { resultTypes: ['violations'] }

/** Half a megabyte of script, which takes as long to load as a page takes to be looked at: once for each document. */
async function bringAxe(frame: Frame): Promise<void> {
  const isThere = await frame.evaluate(() => 'axe' in window)
  if (!isThere) await frame.evaluate(axe.source)
}

/** What axe-core finds, and sideways scrolling, in each look. */
export async function breachesIn(page: Page, looks: readonly Look[]): Promise<string[]> {
  const found: string[] = []
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (wider > 0) found.push(`${wider} px wider than ${width} px`)
    const breaches = await axeBreaches(page)
    found.push(...breaches.map((breach) => `at ${width} px in ${colorScheme}: ${breach}`))
  }
  return found
}
