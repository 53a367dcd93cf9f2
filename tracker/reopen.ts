import { OPEN_SELECTOR } from '../schema/consent.ts'

/** Puts a small button on the page that opens the dialog again, unless the page has something of its own for that. */
export function offerReopen(label = 'Privacy'): void {
  if (!document.querySelector(OPEN_SELECTOR)) {
    const button = document.createElement('button')
    button.dataset['sluiceOpen'] = ''
    button.textContent = label
    // By the object model, which a strict content policy allows; colours are the browser's own, dark ones too. It stays
    // in sight whatever scrolls: a sticky one scrolls away where the root is as high as the window.
    button.style.cssText =
      'position:fixed;bottom:8px;inset-inline-start:8px;padding:12px;font:14px system-ui;border:1px solid;border-radius:8px;background:canvas;color:canvastext'
    // Room below the page, so that it covers nothing there. Beside the body, which some sites exchange as a whole when
    // another page is shown.
    const room = document.createElement('div')
    room.style.height = '58px'
    room.append(button)
    document.documentElement.append(room)
  }
}
