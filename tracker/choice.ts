import {
  CONSENT_CHANNEL,
  CONSENT_COOKIE,
  CONSENT_EVENT,
  OPEN_SELECTOR,
  OPTIONAL_CATEGORIES,
  type ConsentApi,
  type ConsentReceipt,
  type SweepList,
} from '../schema/consent.ts'
import type { CollectAnswer, WireBatch, WireEvent } from '../schema/event.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { activate } from './activate.ts'
import { installApi } from './api.ts'
import { createDecisions } from './decision.ts'
import { createDelivery } from './delivery.ts'
import { tellChoice } from './detail.ts'
import { cookieNames } from './cookies.ts'
import { readLists, readReceipt, writeLists, writeReceipt, writeRecord } from './device.ts'
import { readChoice } from './gate.ts'
import { createInspector } from './inspect.ts'
import type { Measured } from './measure.ts'
import type { Memory } from './memory.ts'
import type { Add } from './queue.ts'
import { offerReopen } from './reopen.ts'
import type { Options } from './script.ts'
import { sweep } from './sweep.ts'
import type { Request } from './transport.ts'
import { createUi } from './ui.ts'

/** What `sluice.js` asks of this file. */
export interface PageChoice {
  /** What the site said to a visitor who has not chosen: there may be something to choose. */
  ask(config: PublicSiteConfig): Promise<void>
  /** The collector's answer to events. */
  answered(answer: Response, batch: WireBatch): Promise<void>
}

/** No banner in the way of the first paint; nor may it wait for ever on a page that is never at rest. */
const IDLE_WITHIN_MS = 1_500

const isMeasured = (): boolean => readChoice().categories.includes('performance')
const isGranted = ({ category }: SweepList): boolean => readChoice().categories.includes(category)

let made: PageChoice | undefined

/**
 * Follows the visitor's choice on this page, tells the page of it, and gives it `window.sluice`: `sluice-choice.js`. The
 * same for each call on a page.
 *
 * NOTE: a browser can have `sluice.js` of one release and this file of the next. Parameters and methods are only added.
 *
 * @param add takes an event again
 * @param flush lets events go under the choice as it is now
 * @param open asks the site what there is to choose; `sluice.js` has done so where the page began without a choice
 * @param pageName the page shown now, empty where it is not measured; absent: more than pages is not measured
 * @param undelivered events that have not reached the collector
 */
export function follow(
  options: Options,
  request: Request,
  add: Add,
  flush: () => unknown,
  open: () => unknown,
  pageName?: () => string,
  undelivered?: () => WireEvent[],
): PageChoice {
  return (made ??= createPageChoice(options, request, add, flush, open, pageName, undelivered))
}

function createPageChoice(
  options: Options,
  bare: Request,
  add: Add,
  flush: () => unknown,
  open: () => unknown,
  pageName?: () => string,
  undelivered?: () => WireEvent[],
): PageChoice {
  const { site } = options
  const folder = new URL('.', import.meta.url).href
  const { entries, request, note } = createInspector(bare)
  const ui = createUi(site, folder, request)
  const nonce = document.querySelector<HTMLScriptElement>('script[data-site]')?.nonce ?? ''
  let config: PublicSiteConfig | undefined
  /** Kept here too: another tab that withdraws takes them off the device, and scripts run on this page as well. */
  let lists: SweepList[] = []

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

  const isWhole = isMeasured()
  let measured: Promise<Measured | void> | undefined
  /** What is more than page views is loaded when it may be measured, and calls before that are nothing to keep. */
  function events(act: (events: Measured) => void): void {
    if (!isMeasured() || !pageName || !undelivered) return
    measured ??= (import(`${folder}sluice-events.js`) as Promise<typeof import('./events.ts')>).then(
      ({ measure }) => measure({ options, add, pageName, undelivered, choice: readChoice, isWhole }),
      () => {},
    )
    void measured.then((loaded) => loaded && act(loaded))
  }

  let memory: Promise<Memory | void> | undefined
  /** What a browser keeps for its visitor is loaded when the page asks for it. */
  const remember =
    <Name extends keyof Memory>(name: Name, otherwise: ReturnType<Memory[Name]>) =>
    async (...args: Parameters<Memory[Name]>): Promise<ReturnType<Memory[Name]>> => {
      memory ??= (import(`${folder}sluice-memory.js`) as Promise<typeof import('./memory.ts')>).then(
        ({ createMemory }) => createMemory((category) => readChoice().categories.includes(category)),
        () => {},
      )
      const act = (await memory)?.[name] as ((...given: unknown[]) => ReturnType<Memory[Name]>) | undefined
      return act ? act(...args) : otherwise
    }

  let isWithoutUi = false
  function showFrames(): void {
    if (isWithoutUi) return
    ui.show('embeds').catch(() => {
      // The browser has told what failed. The frames go on waiting, without a word in their place.
      isWithoutUi = true
    })
  }

  let told: string | undefined
  /** Reads the choice anew: tells the page of a change, and lets go what may leave. */
  function refresh(): void {
    const { ask, reopen } = readChoice()
    const detail = tellChoice()
    const text = JSON.stringify(detail)
    flush()
    events(() => {})
    if (text !== told) {
      if (ask && told) open()
      told = text
      dispatchEvent(new CustomEvent(CONSENT_EVENT, { detail }))
      if (!ask) offerReopen(reopen)
    }
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

  const deliver = createDelivery(site, request, changed, ui.forget)
  const decisions = createDecisions(
    site,
    () => config,
    () => {
      // After the next frame, so that whoever clicked sees the answer before the page goes to work.
      setTimeout(() => {
        changed()
        void deliver()
      })
    },
  )
  const consent: ConsentApi = {
    ...decisions,
    get: tellChoice,
    open() {
      ui.forget()
      void ui.show('dialog')
    },
    async receipt() {
      const id = readReceipt()
      const answer = id && (await request(`c/${id}`))
      return answer && answer.ok ? ((await answer.json()) as ConsentReceipt) : undefined
    },
  }
  let renewal: Promise<void> | undefined

  // Ahead of the consent UI's, which shows what waits after this.
  addEventListener(CONSENT_EVENT, () => {
    clean()
    wake()
  })
  installApi(
    consent,
    {
      track: (name, details) => events((loaded) => loaded.track(name, details)),
      feedback: (score, comment) => events((loaded) => loaded.feedback(score, comment)),
      inspect: () => [...entries],
    },
    {
      preferences: { get: remember('get', undefined), set: remember('set', false) },
      ads: {
        shouldShow: remember('shouldShow', false),
        shown: remember('shown', undefined),
        clicked: remember('clicked', undefined),
      },
    },
  )
  refresh()
  void deliver()
  document.addEventListener('DOMContentLoaded', wake)
  new MutationObserver(wake).observe(document, { childList: true, subtree: true })
  // Safari has none before 15.4; there another tab follows when somebody looks at it.
  if ('BroadcastChannel' in window) {
    new BroadcastChannel(CONSENT_CHANNEL).addEventListener('message', refresh)
  }
  addEventListener('visibilitychange', refresh)
  addEventListener('click', (event) => {
    if ((event.target as Partial<Element>).closest?.(OPEN_SELECTOR)) {
      event.preventDefault()
      consent.open()
    }
  })

  return {
    async ask(given) {
      config = given
      if (!given.choice || !readChoice().ask) return
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
    async answered(answer, batch) {
      note(batch)
      const { consent: used } = batch
      if (!used || !((await answer.json()) as CollectAnswer).dropped) return
      // Once a page: events can be dropped for other reasons than their token. What was taken already counts once.
      await (renewal ??= deliver(true))
      if (used !== readChoice().token) for (const event of batch.events) add(event)
    },
  }
}
