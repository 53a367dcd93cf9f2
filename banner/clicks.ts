import type { ConsentSource } from '../schema/consent.ts'
import { choosable, shown, type Page } from './page.ts'

/** The library's buttons, and elements of the page that are marked for it: with those a site may come from there. */
const TAKEN = '#cc-main .cm__btn, #cc-main .pm__btn, [data-cc]'

export interface Layers {
  /** Takes both layers from the page, then makes the choice and says that it is saved. */
  leave(choose: () => void): void
  showBanner(): void
  openDialog(): void
}

export interface Clicks {
  readonly object: (source: ConsentSource) => void
  /** Lets the library have the clicks again. */
  readonly release: () => void
}

/**
 * Takes the clicks on all that makes a choice, before anybody else sees them: the library would write a record of its
 * own with an id in it.
 */
export function takeClicks(page: Page, layers: Layers): Clicks {
  const { consent } = page
  const all = (): string[] => choosable(page)
  const ticked = (): string[] =>
    [...page.host.querySelectorAll<HTMLInputElement>('.section__toggle:checked')].map(({ value }) => value)

  function acceptAll(source: ConsentSource): void {
    layers.leave(() => consent.accept(all(), { ...shown(page, source), action: 'accept_all' }))
  }
  function rejectAll(source: ConsentSource): void {
    layers.leave(() => consent.rejectAll(shown(page, source)))
  }
  function save(): void {
    const categories = ticked()
    layers.leave(() => consent.accept(categories, shown(page, 'preferences')))
  }
  function object(source: ConsentSource): void {
    layers.leave(() => consent.object(shown(page, source)))
  }

  /** By the library's names of roles and triggers. */
  const acts: Record<string, (source: ConsentSource) => void> = {
    all: acceptAll,
    necessary: rejectAll,
    show: layers.openDialog,
    save,
    'accept-all': acceptAll,
    'accept-necessary': rejectAll,
    'accept-custom': save,
    'show-preferencesModal': layers.openDialog,
    'show-consentModal': layers.showBanner,
  }

  function take(event: MouseEvent): void {
    const taken = event.target instanceof Element ? event.target.closest<HTMLElement>(TAKEN) : null
    const act = acts[taken?.dataset['cc'] ?? taken?.dataset['role'] ?? '']
    if (!act) return
    event.preventDefault()
    event.stopImmediatePropagation()
    act(taken?.closest('.pm') ? 'preferences' : 'banner')
  }

  addEventListener('click', take, true)
  return { object, release: () => removeEventListener('click', take, true) }
}
