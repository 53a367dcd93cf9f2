import { OPEN_SELECTOR } from '../schema/consent.ts'

/** Puts a small button on the page that opens the dialog again, unless the page has something of its own for that. */
export function offerReopen(label = 'Privacy'): void {
  if (!document.querySelector(OPEN_SELECTOR)) {
    const button = document.createElement('button')
    button.dataset['sluiceOpen'] = ''
    button.textContent = label
    // By the object model, which a strict content policy allows; colours are the browser's own, dark ones too. It stays
    // in sight at the lower edge and has room of its own below the page, so that it covers nothing there.
    button.style.cssText =
      'display:block;position:sticky;bottom:8px;margin:8px;padding:12px;font:14px system-ui;border:1px solid;border-radius:8px;background:canvas;color:canvastext'
    // Beside the body, which some sites exchange as a whole when another page is shown.
    document.documentElement.append(button)
  }
}
