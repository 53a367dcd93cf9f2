import { useCallback, useEffect, useState } from 'preact/hooks'
import { readView, writeView, type View } from './state.ts'

export interface Navigation {
  view: View
  go: (change: Partial<View>) => void
  address: (change: Partial<View>) => string
}

/** Ties the view to the address bar, with back and forward. */
export function useNavigation(): Navigation {
  const [view, setView] = useState(() => readView(location.search))

  useEffect(() => {
    const follow = () => setView(readView(location.search))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])

  const address = (change: Partial<View>) => addressOf({ ...view, ...change })
  const go = useCallback((change: Partial<View>) => {
    // From the address, not from the last render: two clicks may come before the page is drawn anew.
    const search = writeView({ ...readView(location.search), ...change })
    const next = readView(search)
    if (search !== location.search) history.pushState(null, '', addressOf(next))
    setView(next)
  }, [])
  return { view, go, address }
}

/** The dot is the page itself, without a query string. What opens a share link goes along, so that it can be loaded anew. */
function addressOf(view: View): string {
  return (writeView(view) || '.') + (view.share === undefined ? '' : location.hash)
}

/** What a share link is opened with; undefined where the page is no share link's. */
export function shareOf({ share }: View): { id: string; token: string } | undefined {
  return share === undefined ? undefined : { id: share, token: location.hash.slice(1) }
}

/** What a one-time link asks for; its token stands behind the `#`, which is sent to nobody. */
export interface OneTimeLink {
  kind: 'set-up' | 'look'
  token: string
}

/** Takes the one-time link out of the address bar, so that it stays in no history. */
export function takeLink(): OneTimeLink | undefined {
  const [, kind, token] = /^#(set-up|look)=([\w-]+)$/.exec(location.hash) ?? []
  if (kind === undefined || token === undefined) return undefined
  history.replaceState(null, '', location.pathname + location.search)
  return { kind: kind === 'look' ? 'look' : 'set-up', token }
}

/** A click that the browser should follow itself: a new tab, a new window, a download. */
export function isForBrowser(event: MouseEvent): boolean {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey
}
