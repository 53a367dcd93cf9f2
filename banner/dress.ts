import type { Dress } from './adapter.ts'
import { element } from './element.ts'
import { footer, notes } from './notes.ts'
import type { Page } from './page.ts'
import { receiptButton } from './receipt.ts'
import { sentMessages } from './sent.ts'

/**
 * Makes what the library drew ours: right roles, no way to the focus, notes and links, the order of the buttons.
 * @param object objects to anonymous statistics, from the layer that it is called for
 */
export function createDress(page: Page, object: (source: 'banner' | 'preferences') => void): Dress {
  const { notice } = page
  return {
    banner(modal) {
      // What it would move the focus to. An element that stands nowhere takes none.
      modal.firstElementChild?.remove()
      // A part of the page that can be passed by, not a dialog.
      modal.setAttribute('role', 'region')
      for (const name of ['aria-modal', 'aria-hidden', 'aria-describedby']) modal.removeAttribute(name)
      modal.querySelector('.cm__texts')?.append(...notes(page, () => object('banner')), footer(page))
      order(page, modal, '.cm__btn')
    },

    dialog(modal) {
      for (const section of modal.querySelectorAll('.pm__section--toggle')) {
        // In sight and within reach also where the table is folded.
        const description = section.querySelector('.pm__section-desc')
        const folded = section.querySelector('.pm__section-desc-wrapper')
        if (description && folded) folded.before(description)
        const toggle = section.querySelector<HTMLInputElement>('.section__toggle')
        if (toggle?.disabled) {
          toggle.parentElement?.after(element('span', { class: 'sluice-always' }, notice.texts.alwaysOn))
        }
      }
      // It names headings by their text, which is no id where it holds a blank.
      for (const cell of modal.querySelectorAll('td[headers]')) {
        cell.removeAttribute('headers')
        // The name of a cookie reads the same in every language.
        cell.firstElementChild?.setAttribute('dir', 'auto')
      }
      modal.querySelector('.pm__body')?.append(element('div', { class: 'sluice-notes' }), footer(page))
      order(page, modal, '.pm__btn')
    },

    dialogOpens(modal) {
      const { granted } = page.consent.get()
      for (const toggle of modal.querySelectorAll<HTMLInputElement>('.section__toggle')) {
        toggle.checked = (granted as string[]).includes(toggle.value)
      }
      const receipt = granted.length > 1 ? [receiptButton(page)] : []
      modal
        .querySelector('.sluice-notes')
        ?.replaceChildren(...notes(page, () => object('preferences')), ...receipt, sentMessages(page))
    },
  }
}

/** Accept and reject weigh the same; which comes first is the site's to say. */
function order({ notice }: Page, modal: HTMLElement, buttons: string): void {
  if (notice.appearance.order !== 'reject-first') return
  const accept = modal.querySelector(`${buttons}[data-role="all"]`)
  const reject = modal.querySelector(`${buttons}[data-role="necessary"]`)
  if (accept && reject) accept.before(reject)
}
