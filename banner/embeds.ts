import { button, element } from './element.ts'
import { shown, type Page } from './page.ts'

/** The tracker gives a frame that may load its address, and takes it from one that may not. */
const WAITING = 'iframe[data-category][data-src]:not([src])'
const WORDS = 'sluice-embed'

/**
 * Puts words in the place of each frame that waits: what it is, and the way to allow it. As large as the frame, so that
 * nothing moves. They go when the frame has its address.
 */
export function refreshEmbeds(page: Page): void {
  for (const words of document.querySelectorAll(`.${WORDS}`)) {
    if (!words.nextElementSibling?.matches(WAITING)) words.remove()
  }
  for (const frame of document.querySelectorAll<HTMLIFrameElement>(WAITING)) {
    if (!frame.previousElementSibling?.classList.contains(WORDS)) frame.before(wordsFor(page, frame))
  }
}

function wordsFor(page: Page, frame: HTMLIFrameElement): HTMLElement {
  const { texts, categories, language, direction } = page.notice
  const needed = (frame.dataset['category'] ?? '').split(' ')
  const titles = categories
    .filter(({ id }) => needed.includes(id))
    .map(({ id }) => texts.categories[id].title)
  const service = serviceOf(page, frame.dataset['src'] ?? '')
  const words = element(
    'div',
    { class: `${WORDS} sluice-look`, role: 'group', 'aria-label': service, lang: language, dir: direction },
    element('p', {}, texts.placeholder.replace('{service}', service)),
    button('sluice-button', texts.placeholderAllow, () => {
      const granted: string[] = page.consent.get().granted
      page.consent.accept([...granted, ...needed], shown(page, 'preferences'))
    }),
    // All of the category is allowed by that, not this frame alone.
    element(
      'p',
      { class: 'sluice-note' },
      `${titles.join(', ')} · `,
      button('sluice-link', texts.choose, () => page.consent.open()),
    ),
  )
  const { width, height } = frame.getBoundingClientRect()
  // By the object model, which a strict content policy allows.
  if (width > 0) words.style.width = `${width}px`
  if (height > 0) words.style.minHeight = `${height}px`
  return words
}

/** The name of the service that the address belongs to by the policy, else its host. */
function serviceOf({ notice }: Page, address: string): string {
  const { hostname } = new URL(address, location.href)
  const isOf = (host: string): boolean =>
    host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host
  const services = notice.categories.flatMap((category) => category.services)
  return services.find(({ hosts }) => hosts.some(isOf))?.name ?? hostname
}
