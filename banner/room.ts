/** Distance of the banner from the edge, as in banner.css. */
const GAP_PX = 16

/**
 * Lets the page scroll what has the focus out from under the banner (WCAG 2.2, 2.4.11). Without a banner all is as the
 * page had it.
 */
export function makeRoom(banner: HTMLElement | null): void {
  const { style } = document.documentElement
  if (banner) style.scrollPaddingBottom = `${Math.ceil(banner.getBoundingClientRect().height) + GAP_PX * 2}px`
  else style.removeProperty('scroll-padding-bottom')
}
