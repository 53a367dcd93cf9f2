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

  // The dot is the page itself, without a query string.
  const address = (change: Partial<View>) => writeView({ ...view, ...change }) || '.'
  const go = useCallback((change: Partial<View>) => {
    // From the address, not from the last render: two clicks may come before the page is drawn anew.
    const search = writeView({ ...readView(location.search), ...change })
    if (search !== location.search) history.pushState(null, '', search || '.')
    setView(readView(search))
  }, [])
  return { view, go, address }
}

/** A click that the browser should follow itself: a new tab, a new window, a download. */
export function isForBrowser(event: MouseEvent): boolean {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey
}
