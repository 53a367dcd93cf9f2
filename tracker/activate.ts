declare global {
  interface Window {
    /** https://www.w3.org/TR/trusted-types/; absent where the browser does not know it. */
    readonly trustedTypes?: { createPolicy(name: string, rules: TrustedRules): TrustedRules }
  }
}
interface TrustedRules {
  createScript(text: string): string
  createScriptURL(url: string): string
}

/** What waits for a choice, or woke by one and can be put back to sleep. */
export const WAITING = ['script[type="text/plain"][data-category]']
  .concat(['iframe', 'img'].map((kind) => `${kind}[data-category][data-src]`))
  .join()

/**
 * Wakes what waits on the page for these categories, and puts back to sleep what no longer may show. An element that
 * names several waits for all of them.
 *
 * - A script, `type="text/plain"` with `data-src` or a text, runs as one with `async`: all load at once and each runs
 *   when it is there, so that one that hangs is in nobody's way. `data-type` is the type that it runs as.
 * - A frame or an image has `data-src`. When its category is taken back, it loses what it showed.
 * - A picture of the collector's own, a web beacon, also waits for the token of the choice, and takes it along.
 *
 * @param nonce of the tracker's own script. A script wakes only with the same: markup that somebody slipped into a page
 *   under a policy of nonces does not come alive by us.
 * @param beacons the path of the collector's pictures, with the site
 * @param token of the choice, once it is there
 * @returns whether a frame waits
 */
export function activate(
  granted: readonly string[],
  nonce: string,
  beacons: string,
  token?: string,
): boolean {
  let isFrameWaiting = false
  for (const element of document.querySelectorAll<HTMLElement>(WAITING)) {
    const isGranted = (element.dataset['category'] ?? '').split(' ').every((name) => granted.includes(name))
    if (element instanceof HTMLScriptElement) {
      if (isGranted && element.nonce === nonce) wakeScript(element)
    } else {
      const src = element.dataset['src'] as string
      const address = isGranted && (src.includes(beacons) ? token && `${src}&consent=${token}` : src)
      if (!address === element.hasAttribute('src')) turn(element, address)
      isFrameWaiting ||= !isGranted && element instanceof HTMLIFrameElement
    }
  }
  return isFrameWaiting
}

/**
 * A script runs when it is made and put into the page, and never again; one that came as markup of a part of the page
 * never does. So another one takes its place, with all its attributes and the nonce, which those do not show.
 */
function wakeScript(script: HTMLScriptElement): void {
  rules ??= createRules()
  if (rules === 'refused') return
  const { type, src } = script.dataset
  const awake = document.createElement('script')
  for (const { name, value } of script.attributes) {
    awake.setAttribute(name, name.startsWith('on') ? rules.createScript(value) : value)
  }
  awake.nonce = script.nonce
  awake.type = type ?? ''
  awake.text = rules.createScript(script.text)
  if (src) awake.src = rules.createScriptURL(src)
  script.replaceWith(awake)
}

/** A copy takes its place: a frame whose address is taken away would go on showing what it holds. */
function turn(element: HTMLElement, address: string | false | undefined): void {
  const copy = element.cloneNode() as HTMLElement
  if (address) copy.setAttribute('src', address)
  else copy.removeAttribute('src')
  element.replaceWith(copy)
}

let rules: TrustedRules | 'refused' | undefined
const same = (text: string): string => text

/**
 * Texts and addresses as they are: the page's own markup holds them. A page that requires trusted types has to allow the
 * policy `sluice`; where it does not, the browser says so on the console, and scripts stay asleep.
 */
function createRules(): TrustedRules | 'refused' {
  const plain = { createScript: same, createScriptURL: same }
  try {
    return window.trustedTypes?.createPolicy('sluice', plain) ?? plain
  } catch {
    return 'refused'
  }
}
