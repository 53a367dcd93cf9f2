import { CONSENT_COOKIE, type SweepList } from '../schema/consent.ts'
import { cookieNames, expireCookie } from './cookies.ts'

/** A script that is stopped may still write once when it answers an event or a timer. */
const AGAIN_MS = 500

/**
 * Clears what these lists name from the device: at once, again after half a second, and when the page goes away, since
 * scripts that run already can write anew. The lists are asked for each time: what is granted meanwhile stays.
 */
export function sweep(lists: () => SweepList[]): void {
  const clear = (): void => {
    const names = lists()
    if (names.length > 0) clearDevice(names)
  }
  clear()
  setTimeout(clear, AGAIN_MS)
  addEventListener('pagehide', clear)
}

function clearDevice(lists: SweepList[]): void {
  const isListed =
    (kind: Exclude<keyof SweepList, 'category'>) =>
    (name: string): boolean =>
      // The choice itself is never in the way of a broad pattern.
      name !== CONSENT_COOKIE &&
      lists.some((list) =>
        list[kind].some((item) => (item.endsWith('*') ? name.startsWith(item.slice(0, -1)) : name === item)),
      )
  for (const name of cookieNames().filter(isListed('cookies'))) expireCookie(name)
  for (const storage of ['localStorage', 'sessionStorage'] as const) {
    for (const name of Object.keys(window[storage]).filter(isListed(storage)))
      window[storage].removeItem(name)
  }
  void clearDatabases(lists, isListed('indexedDB'))
  void clearCaches(isListed('caches'))
}

async function clearDatabases(lists: SweepList[], isListed: (name: string) => boolean): Promise<void> {
  // Firefox lists its databases from 126 on; before, those go that are named in full.
  const names =
    'databases' in indexedDB
      ? (await indexedDB.databases()).map(({ name }) => name ?? '').filter(isListed)
      : lists.flatMap(({ indexedDB: items }) => items).filter((name) => !name.endsWith('*'))
  for (const name of names) indexedDB.deleteDatabase(name)
}

async function clearCaches(isListed: (name: string) => boolean): Promise<void> {
  // Plain http has no cache storage.
  if (!('caches' in window)) return
  for (const name of (await caches.keys()).filter(isListed)) await caches.delete(name)
}
