import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

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
  // Where all frames are of one origin the old way finds the same, and opens no second page for it.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
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
