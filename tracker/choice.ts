// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
import { offerReopen } from './reopen.ts'
import { installApi } from './api.ts'
import { createInspector } from './inspect.ts'
import { activate, WAITING } from './activate.ts'
import { readLists, readReceipt, writeLists, writeReceipt, writeRecord } from './device.ts'
import type { Measured, Tools } from './measure.ts'
import { createDelivery } from './delivery.ts'
import type { Memory } from './memory.ts'
import type { Options } from './script.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { createDecisions } from './decision.ts'
import type { CollectAnswer, WireBatch, WireEvent } from '../schema/event.ts'
import { createUi } from './ui.ts'
import type { Request } from './transport.ts'
import {
  ADS_KEY,
  CONSENT_CHANNEL,
  CONSENT_COOKIE,
  CONSENT_EVENT,
  OPEN_SELECTOR,
  type ConsentApi,
  type ConsentCategory,
  type ConsentReceipt,
  type SweepList,
} from '../schema/consent.ts'
import { readChoice } from './gate.ts'
import type { Add } from './queue.ts'
import { cookieNames } from './cookies.ts'
import { tellChoice } from './detail.ts'
import { sweep } from './sweep.ts'

/** What `sluice.js` asks of this file. */
export interface PageChoice {
  /** What the site said to a visitor who has not chosen: there may be something to choose. */
  ask(config: PublicSiteConfig): Promise<void>
  /** The collector's answer to events. */
  answered(answer: Response, batch: WireBatch): Promise<void>
}

/** `sluice-events.js`, or what stands for it in the same file. */
interface Measuring {
  measure(tools: Tools): Measured
}

/** No banner in the way of the first paint; nor may it wait for ever on a page that is never at rest. */
const IDLE_WITHIN_MS = 1_500

const isGranted = (category: ConsentCategory): boolean => readChoice().categories.includes(category)
const isMeasured = (): boolean => isGranted('performance')
const isKept = ({ category }: SweepList): boolean => isGranted(category)

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
 * @param together what measures more than page views, where it came in the same file
 */
export function follow(
  options: Options,
  request: Request,
  add: Add,
  flush: () => unknown,
  open: () => unknown,
  pageName?: () => string,
  undelivered?: () => WireEvent[],
  together?: Measuring,
): PageChoice {
  return (made ??= createPageChoice(options, request, add, flush, open, pageName, undelivered, together))
}

function createPageChoice(
  options: Options,
  bare: Request,
  add: Add,
  flush: () => unknown,
  open: () => unknown,
  pageName?: () => string,
  undelivered?: () => WireEvent[],
  together?: Measuring,
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
    if (!all.every(isKept)) sweep(() => all.filter((list) => !isKept(list)))
    // What is as it was is not written again with each page.
    if (!kept.every(isKept)) writeLists(kept.filter(isKept))
  }

  function wake(): void {
    // The parser may still be in the middle of a script's text.
    if (document.readyState === 'loading' || !document.querySelector(WAITING)) return
    if (activate(tellChoice().granted, nonce, `/b/${site}/`, readChoice().token)) showFrames()
  }

  /** A part of its own; nothing where it cannot be had: the browser has told why. */
  const load = <Part>(name: string): Promise<Part | void> =>
    (import(`${folder}sluice-${name}.js`) as Promise<Part>).catch(() => {})

  const isWhole = isMeasured()
  let loading: Promise<Measuring | void> | undefined
  let measured: Measured | undefined
  /** What is more than page views begins when it may be measured, and calls before that are nothing to keep. */
  function events(act: (events: Measured) => void): void {
    const begin = (part: Measuring | void): void => {
      if (part && pageName && undelivered)
        act((measured ??= part.measure({ options, add, pageName, undelivered, choice: readChoice, isWhole })))
    }
    if (!isMeasured()) return
    if (together) begin(together)
    else void (loading ??= load('events')).then(begin)
  }

  let memory: Promise<Memory | void> | undefined
  /** What a browser keeps for its visitor is loaded when the page asks for it. */
  const remember =
    <Name extends keyof Memory>(name: Name, otherwise: ReturnType<Memory[Name]>) =>
    async (...args: Parameters<Memory[Name]>): Promise<ReturnType<Memory[Name]>> => {
      memory ??= load<typeof import('./memory.ts')>('memory').then((part) =>
        part?.createMemory(site, bare, readChoice, (batch) => note(batch, 'targeting')),
      )
      const act = (await memory)?.[name] as ((...given: unknown[]) => ReturnType<Memory[Name]>) | undefined
      return act ? act(...args) : otherwise
    }

  const [arrived, converted] = [remember('arrived', undefined), remember('converted', undefined)]
  /** Where a link of a campaign led here; empty once that is told. */
  let campaign = new URLSearchParams(location.search).get('utm_campaign')
  function tellArrival(): void {
    if (!campaign || !readChoice().categories.includes('targeting')) return
    void arrived(campaign)
    campaign = ''
  }
  /** A browser that remembers no campaign has nothing to tell, and loads nothing for it. */
  function tellConversion(event: unknown): void {
    try {
      if (localStorage.getItem(ADS_KEY)) void converted(event as string)
    } catch {
      // Storage is denied.
    }
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
    // First, so that what begins now leaves together with the page's view.
    events(() => {})
    flush()
    wake()
    tellArrival()
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
  addEventListener(CONSENT_EVENT, () => clean())
  installApi(
    consent,
    {
      track(name, details) {
        events((loaded) => loaded.track(name, details))
        tellConversion(name)
      },
      feedback: (score, comment) => events((loaded) => loaded.feedback(score, comment)),
      inspect: () => [...entries],
      beacon(...given) {
        if (readChoice().categories[1])
          void load<typeof import('./beacon.ts')>('beacon').then((part) =>
            part?.sendBeacon(options, folder, pageName, readChoice, ...given),
          )
      },
    },
    {
      preferences: { get: remember('get', undefined), set: remember('set', false) },
      ads: {
        shouldShow: remember('shouldShow', false),
        shown: remember('shown', undefined),
        clicked: remember('clicked', undefined),
      },
      traits: { set: remember('setTraits', undefined) },
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
    const { target } = event
    // By the class: a window or a form gives its own elements by any name, that of a method too.
    if (target instanceof Element && Element.prototype.closest.call(target, OPEN_SELECTOR)) {
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
      // Always read: an answer that is not keeps its request under way, and a browser lets 64 kB of those be so together.
      const said = await answer.text()
      if (!batch.consent || !(JSON.parse(said) as CollectAnswer).dropped) return
      // Once a page: events can be dropped for other reasons than their token. What was taken already counts once.
      await (renewal ??= deliver(true))
      if (batch.consent !== readChoice().token) for (const event of batch.events) add(event)
    },
  }
}
