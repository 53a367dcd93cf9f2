import { CONSENT_EVENT, type ConsentDetail, type ConsentPart } from '../schema/consent.ts'
import type { ConsentNotice } from '../schema/policy.ts'
import { build, closeDialog, isBannerShown, openDialog, setBannerShown } from './adapter.ts'
import { afterPaint } from './after-paint.ts'
import { takeClicks } from './clicks.ts'
import { createDress } from './dress.ts'
import { element } from './element.ts'
import { refreshEmbeds } from './embeds.ts'
import { trackerApi, type Page } from './page.ts'
import { makeRoom } from './room.ts'
import { createStatus } from './status.ts'
import { loadStyle } from './style.ts'

/** What stands on the page for one notice. */
interface Ui {
  readonly show: Record<ConsentPart, () => void>
  readonly remove: () => void
}

let hash: string | undefined
let ui: Promise<Ui> | undefined

/** See ConsentUi in schema/consent.ts. Made once for a notice; another notice takes its place. */
export async function show(part: ConsentPart, notice: ConsentNotice, collector: string): Promise<void> {
  if (!ui || hash !== notice.hash) {
    hash = notice.hash
    const earlier = ui
    ui = loadStyle().then(async () => {
      ;(await earlier)?.remove()
      return create(notice, collector)
    })
    // Without its style it is not shown; the next call tries again.
    ui.catch(() => (ui = undefined))
  }
  const { show: parts } = await ui
  parts[part]()
}

async function create(notice: ConsentNotice, collector: string): Promise<Ui> {
  const { language, direction, appearance, texts } = notice
  const host = element('div', { id: 'sluice-consent', class: 'sluice-look', lang: language, dir: direction })
  for (const [name, value] of Object.entries(appearance.tokens)) {
    // By the object model, which a strict content policy allows.
    host.style.setProperty(`--sluice-${name}`, value)
  }
  document.documentElement.append(host)
  const page: Page = { notice, collector, host, ...trackerApi() }
  const say = createStatus(host)

  function showBanner(isShown = true): void {
    if (isShown === isBannerShown()) return
    setBannerShown(isShown)
    afterPaint(() => makeRoom(isBannerShown() ? host.querySelector<HTMLElement>('.cm') : null))
  }
  const layers = {
    showBanner,
    openDialog,
    leave(choose: () => void) {
      showBanner(false)
      closeDialog()
      afterPaint(() => {
        choose()
        say(texts.saved)
      })
    },
  }
  const clicks = takeClicks(page, layers)
  await build(notice, host, createDress(page, clicks.object))

  function follow(event: Event): void {
    // Also a choice that was made in another tab, or by the page's own code.
    if ((event as CustomEvent<ConsentDetail>).detail.decided) showBanner(false)
    if (document.querySelector('.sluice-embed')) refreshEmbeds(page)
  }
  addEventListener(CONSENT_EVENT, follow)

  return {
    show: { banner: showBanner, dialog: openDialog, embeds: () => refreshEmbeds(page) },
    remove() {
      removeEventListener(CONSENT_EVENT, follow)
      clicks.release()
      showBanner(false)
      host.remove()
    },
  }
}
