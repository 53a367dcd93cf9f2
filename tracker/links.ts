import { clicked, webAddress } from './element.ts'
import type { Tell } from './measure.ts'

/** Endings of files that people save, not pages that a server makes. */
const FILES =
  /\.(pdf|xlsx?|docx?|pptx?|od[tsp]|rtf|txt|csv|epub|zip|rar|7z|gz|tar|dmg|exe|msi|apk|iso|mp[34]|wav|mov|avi|mkv|webm)$/i

/**
 * Tells of links that are followed: to a file, or to another host than the site's. In this tab or another one, by mouse
 * or keyboard; the event leaves while the browser goes on, so that nobody waits for it.
 */
export function watchLinks(tell: Tell, site: string, wanted: string[]): void {
  const follow = (event: Event): void => {
    const anchor = clicked(event, 'a[href],area[href]')
    const url = anchor && webAddress(anchor.getAttribute('href'))
    if (!url) return
    const type =
      wanted.includes('download') && (anchor.hasAttribute('download') || FILES.test(url.pathname))
        ? 'download'
        : url.hostname === location.hostname || ('.' + url.hostname).endsWith('.' + site)
          ? ''
          : 'outbound'
    if (type && wanted.includes(type)) tell({ type, link: url.href })
  }
  // On the way down: a page that keeps a click to itself further below does not hide it.
  addEventListener('click', follow, true)
  // The middle button.
  addEventListener('auxclick', follow, true)
}
