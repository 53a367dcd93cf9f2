import {
  CONSENT_CHANNEL,
  CONSENT_COOKIE,
  CONSENT_EVENT,
  OPTIONAL_CATEGORIES,
  type ConsentApi,
  type ConsentReceipt,
  type SweepList,
} from '../schema/consent.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { activate } from './activate.ts'
import { createDecisions } from './decision.ts'
import { createDelivery } from './delivery.ts'
import { cookieNames } from './cookies.ts'
import { readLists, readReceipt, writeLists, writeReceipt, writeRecord } from './device.ts'
import type { Choice } from './gate.ts'
import { offerReopen } from './reopen.ts'
import { sweep } from './sweep.ts'
import type { Request } from './transport.ts'
import { createUi } from './ui.ts'

/** What `sluice.js` asks of this file. */
export interface PageChoice extends Omit<ConsentApi, 'get' | 'open'> {
  /** The visitor has not chosen, and the site has something to choose. */
  ask(config: PublicSiteConfig): Promise<void>
  open(): Promise<void>
  /** Wakes what the choice lets wake. */
  wake(): void
  /** Gets another token for the choice. */
  renew(): Promise<void>
}

/** No banner in the way of the first paint; nor may it wait for ever on a page that is never at rest. */
const IDLE_WITHIN_MS = 1_500

let made: PageChoice | undefined

/**
 * The visitor's choice on this page: `sluice-choice.js`, which comes when there is something to ask, to grant or to
 * clear. The same for each call on a page.
 *
 * NOTE: a browser can have `sluice.js` of one release and this file of the next. Parameters and methods are only added.
 */
export function pageChoice(
  site: string,
  folder: string,
  request: Request,
  readChoice: () => Choice,
  refresh: () => void,
): PageChoice {
  return (made ??= createPageChoice(site, folder, request, readChoice, refresh))
}

function createPageChoice(
  site: string,
  folder: string,
  request: Request,
  readChoice: () => Choice,
  refresh: () => void,
): PageChoice {
  const ui = createUi(site, folder, request)
  const nonce = document.querySelector<HTMLScriptElement>('script[data-site]')?.nonce ?? ''
  let config: PublicSiteConfig | undefined
  /** Kept here too: another tab that withdraws takes them off the device, and scripts run on this page as well. */
  let lists: SweepList[] = []

  const isGranted = ({ category }: SweepList): boolean => readChoice().categories.includes(category)

  /** Clears what is not granted, and a record that is over. */
  function clean(more: SweepList[] = []): void {
    const { ask, until, categories } = readChoice()
    if (ask && !until && cookieNames().includes(CONSENT_COOKIE)) writeRecord(undefined, undefined)
    if (categories.length < 2) writeReceipt(undefined)
    const kept = readLists()
    if (kept.length > 0) lists = kept
    const all = [...lists, ...more]
    if (!all.every(isGranted)) sweep(() => all.filter((list) => !isGranted(list)))
    writeLists(kept.filter(isGranted))
  }

  function wake(): void {
    // The parser may still be in the middle of a script's text.
    if (document.readyState === 'loading') return
    const { categories } = readChoice()
    const granted = ['essential', ...OPTIONAL_CATEGORIES.filter((name) => categories.includes(name))]
    if (activate(granted, nonce)) showFrames()
  }

  let isWithoutUi = false
  function showFrames(): void {
    if (isWithoutUi) return
    ui.show('embeds').catch(() => {
      // The browser has told what failed. The frames go on waiting, without a word in their place.
      isWithoutUi = true
    })
  }

  function changed(more?: SweepList[]): void {
    if ('BroadcastChannel' in window) {
      const channel = new BroadcastChannel(CONSENT_CHANNEL)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
      channel.postMessage('')
      channel.close()
    }
    refresh()
    clean(more)
  }

  const deliver = createDelivery(site, request, readChoice, changed, ui.forget)
  const decisions = createDecisions(
    site,
    readChoice,
    () => config,
    () => {
      // After the next frame, so that whoever clicked sees the answer before the page goes to work.
      setTimeout(() => {
        changed()
        void deliver()
      })
    },
  )

  addEventListener(CONSENT_EVENT, () => {
    clean()
    wake()
  })
  document.addEventListener('DOMContentLoaded', wake)
  new MutationObserver(wake).observe(document, { childList: true, subtree: true })
  clean()
  void deliver()

  return {
    ...decisions,
    wake,
    renew: () => deliver(true),
    async ask(given) {
      config = given
      if (given.gpc === 'all' && navigator.globalPrivacyControl) {
        // The signal is the answer. Who wants something else finds the way.
        offerReopen((await ui.notice()).texts.reopen)
        return
      }
      await new Promise((resolve) => {
        if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: IDLE_WITHIN_MS })
        else setTimeout(resolve)
      })
      if (readChoice().ask) await ui.show('banner')
    },
    async open() {
      ui.forget()
      await ui.show('dialog')
    },
    async receipt() {
      const id = readReceipt()
      const answer = id && (await request(`c/${id}`))
      return answer && answer.ok ? ((await answer.json()) as ConsentReceipt) : undefined
    },
  }
}
