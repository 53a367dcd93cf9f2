import type { BeaconDetails } from './api.ts'
import type { Choice } from './gate.ts'
import type { Options } from './script.ts'

/** Longest wait between two looks for the token, which comes a moment after the choice. */
const LOOK_MS = 10_000

/**
 * Tells the collector by a picture that something was seen or done: `sluice-beacon.js`, which the first call under a
 * consent loads. The choice is read anew each time, so that nothing leaves once it is taken back.
 * @param folder that the scripts are in
 * @param pageName the page shown now; empty where it is not measured, and nothing is told then
 */
export async function sendBeacon(
  { site, api }: Options,
  folder: string,
  pageName: (() => string) | undefined,
  choice: () => Choice,
  name: unknown,
  details?: BeaconDetails,
): Promise<void> {
  const page = pageName?.()
  const category = details?.category
  if (!page || !category || typeof name !== 'string' || !name.trim()) return
  const url = location.origin + page
  for (let wait = 100; ; wait = Math.min(wait * 2, LOOK_MS)) {
    const { categories, token } = choice()
    if (!categories.includes(category)) return
    if (token) {
      const base = (api ?? folder).replace(/\/?$/, '/b/')
      const query = new URLSearchParams({ category, url, consent: token })
      new Image().src = `${base}${site}/${encodeURIComponent(name.slice(0, 120))}.gif?${query}`
      return
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}
