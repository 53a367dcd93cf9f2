import {
  OPEN_SELECTOR,
  type CONSENT_CHANNEL,
  type CONSENT_EVENT,
  type ConsentApi,
  type SWEEP_KEY,
} from '../schema/consent.ts'
import type { PageChoice } from './choice.ts'
import { readChoice, tellChoice } from './gate.ts'
import type { Queue } from './queue.ts'
import { offerReopen } from './reopen.ts'
import type { Options } from './script.ts'
import type { Request } from './transport.ts'

export interface Consent {
  readonly api: ConsentApi
  /** Gets another token for the choice. */
  readonly renew: () => Promise<unknown>
  /** Tells the choice, and goes on to tell each change of it. */
  readonly follow: () => void
}

/**
 * Follows the visitor's choice. What most pages do without is in `sluice-choice.js`, which comes when there is something
 * to ask, to grant or to clear: a page on which everything is refused asks for nothing at all.
 */
// NOTE: texts of the schema stand here in place, held to it by the compiler: esbuild would keep them as variables.
export function createConsent({ site }: Options, folder: string, request: Request, queue: Queue): Consent {
  const later =
    (name: keyof PageChoice) =>
    async (...args: unknown[]): Promise<unknown> => {
      const { pageChoice } = (await import(folder + 'sluice-choice.js')) as typeof import('./choice.ts')
      const method = pageChoice(site, folder, request, readChoice, refresh)[name] as (
        ...args: unknown[]
      ) => unknown
      return method(...args)
    }
  const wake = later('wake')
  /** Frames that wait need something in their place, whatever the choice. */
  function wakeFrames(): void {
    if (document.querySelector('iframe[data-category]')) void wake()
  }

  let told: string | undefined
  function refresh(): void {
    const { ask, until, pending, reopen } = readChoice()
    const detail = tellChoice()
    const text = JSON.stringify(detail)
    void queue.flush()
    if (text !== told) {
      told = text
      dispatchEvent(new CustomEvent('sluice:consent' satisfies typeof CONSENT_EVENT, { detail }))
      if (ask) void queue.open(later('ask'))
      else offerReopen(reopen)
      // A list that is left without a grant: the choice was changed where no script ran.
      if (detail.granted[1] || pending || (until && localStorage['sluice_sweep' satisfies typeof SWEEP_KEY]))
        void wake()
      wakeFrames()
    }
  }

  const api = { get: tellChoice } as ConsentApi
  for (const name of ['open', 'accept', 'rejectAll', 'withdraw', 'object', 'receipt'] as const) {
    api[name] = later(name) as never
  }
  addEventListener('click', (event) => {
    if ((event.target as Element).closest?.(OPEN_SELECTOR)) {
      event.preventDefault()
      api.open()
    }
  })
  return {
    api,
    renew: later('renew'),
    follow() {
      refresh()
      // Safari has none before 15.4; there another tab follows when somebody looks at it.
      if (self.BroadcastChannel) {
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- shorter in the bundle
        new BroadcastChannel('sluice-consent' satisfies typeof CONSENT_CHANNEL).onmessage = refresh
      }
      // Also at the end of a page, the last chance of what waits.
      addEventListener('visibilitychange', refresh)
      new MutationObserver(wakeFrames).observe(document, { childList: true, subtree: true })
    },
  }
}
