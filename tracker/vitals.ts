import { VITALS, type Vital, type WireVital } from '../schema/event.ts'

/** Of https://www.w3.org/TR/event-timing/, https://wicg.github.io/layout-instability/ and prerendering. */
interface Entry extends PerformanceEntry {
  readonly interactionId?: number
  readonly hadRecentInput?: boolean
  readonly value?: number
}
declare global {
  interface PerformanceNavigationTiming {
    readonly activationStart?: number
  }
}

/** Shorter ones are not told by browsers by default either, and are no slow interaction. */
const MIN_INTERACTION_MS = 40
/** Of each 50 interactions one may be worse than what is told. */
const INTERACTIONS_PER_OUTLIER = 50

/**
 * Measures the web vitals as https://web.dev/articles/vitals defines them, and tells each once: when the page is first
 * hidden, and again for each return from the back/forward cache, which is a page view of its own. What a browser does
 * not measure is not told.
 *
 * @param url the page that was loaded: views of an application come later, and are no loads
 */
export function watchVitals(url: string, tell: (event: Omit<WireVital, 'id' | 'time'>) => unknown): void {
  const { supportedEntryTypes: types = [] } = PerformanceObserver as {
    supportedEntryTypes?: readonly string[]
  }
  const drains: (() => void)[] = []
  function watch(type: string, take: (entry: Entry) => void): boolean {
    if (!types.includes(type)) return false
    const observer = new PerformanceObserver((list) => (list.getEntries() as Entry[]).forEach(take))
    observer.observe({
      type,
      buffered: true,
      durationThreshold: MIN_INTERACTION_MS,
    } as PerformanceObserverInit)
    drains.push(() => (observer.takeRecords() as Entry[]).forEach(take))
    return true
  }

  const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined
  const start = navigation?.activationStart ?? 0
  const since = (time: number): number => Math.max(0, time - start)
  // Nobody waits for a page behind another one, which browsers also paint late.
  const hiddenAt = Math.min(
    ...performance
      .getEntriesByType('visibility-state')
      .filter(({ name, startTime }) => name === 'hidden' && startTime >= start)
      .map(({ startTime }) => startTime),
    document.hidden ? 0 : Infinity,
  )
  let values: Partial<Record<Vital, number>> = {}
  if (navigation?.responseStart) values.TTFB = since(navigation.responseStart)

  watch('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint' && startTime < hiddenAt) values.FCP = since(startTime)
  })
  watch('largest-contentful-paint', ({ startTime }) => {
    if (startTime < hiddenAt) values.LCP = since(startTime)
  })

  // The worst session: shifts less than a second apart, within five seconds.
  let [session, began, last] = [0, -Infinity, -Infinity]
  const canShift = watch('layout-shift', ({ startTime, hadRecentInput, value = 0 }) => {
    if (hadRecentInput) return
    if (startTime - last < 1_000 && startTime - began < 5_000) session += value
    else [session, began] = [value, startTime]
    last = startTime
    values.CLS = Math.max(values.CLS ?? 0, session)
  })

  const interactions = new Map<number, number>()
  let earlier = 0
  const interact = ({ interactionId, duration }: Entry): void => {
    if (interactionId)
      interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0))
  }
  watch('event', interact)
  // The first one is told however short it was.
  watch('first-input', interact)

  let isTold = false
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden || isTold) return
    isTold = true
    for (const drain of drains) drain()
    const worst = [...interactions.values()].sort((one, other) => other - one)
    const count = ((performance.interactionCount as number | undefined) ?? interactions.size) - earlier
    const inp = worst[Math.min(worst.length - 1, Math.floor(count / INTERACTIONS_PER_OUTLIER))]
    if (inp) values.INP = inp
    // Nothing was seen, so nothing can have moved.
    if (canShift && values.FCP !== undefined) values.CLS ??= 0
    else delete values.CLS
    for (const vital of VITALS) {
      const value = values[vital]
      if (value !== undefined)
        tell({
          type: 'vital',
          url,
          vital,
          value: vital === 'CLS' ? Math.round(value * 1e4) / 1e4 : Math.round(value),
        })
    }
  })
  addEventListener('pageshow', ({ persisted, timeStamp }) => {
    if (!persisted) return
    isTold = false
    values = { TTFB: 0 }
    last = -Infinity
    interactions.clear()
    earlier = performance.interactionCount ?? 0
    // The frame in which it is painted, and the one after it.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => (values.FCP = values.LCP = performance.now() - timeStamp)),
    )
  })
}
