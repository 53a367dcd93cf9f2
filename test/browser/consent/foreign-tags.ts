/**
 * Stand-ins for what other companies serve, as far as their documentation says what it does. They are served as they
 * stand here; each sends something with every click, so that one that goes on after a withdrawal is seen.
 */

type Commands = { push(...commands: ArrayLike<unknown>[]): number } & ArrayLike<unknown>[]
type Globals = Record<string, unknown> & { dataLayer: Commands }
type State = Record<string, string>

/**
 * gtag.js and a container of Google Tag Manager: both read the data layer, before it came and after.
 *
 * - Analytics begins with `config`, or with the container. Where `analytics_storage` is denied it sends all the same,
 *   without cookies, also when consent is changed: only `ga-disable-<id>` keeps it silent.
 * - The container holds a tag for ads, which additionally requires `ad_storage`.
 */
function google(): void {
  const page = window as unknown as Globals
  const state: State = {}
  let id = ''
  let isContainer = false
  let hasAds = false
  let maxAge = 2 * 365 * 86_400

  function measure(name: string): void {
    if (id === '' || page[`ga-disable-${id}`] === true) return
    if (state['analytics_storage'] === 'granted') {
      // As widely as a tag can: for all subdomains, for a folder, and kept apart by the site that embeds it.
      document.cookie = `_ga=GA1.1.1.1; domain=example.com; path=/; max-age=${maxAge}; secure`
      document.cookie = `_ga=GA1.1.1.1; path=/consent; max-age=${maxAge}`
      document.cookie = `_ga_${id.slice(2)}=GS1; path=/; max-age=${maxAge}; secure; samesite=none; partitioned`
    }
    const address = `https://region1.google-analytics.com/g/collect?en=${name}`
    void fetch(address, { method: 'POST', mode: 'no-cors', keepalive: true })
  }
  function advertise(): void {
    if (!isContainer || hasAds || state['ad_storage'] !== 'granted') return
    hasAds = true
    document.cookie = `_gcl_au=1.1; domain=example.com; path=/; max-age=${90 * 86_400}; secure`
    new Image().src = 'https://googleads.g.doubleclick.net/pagead/viewthroughconversion/1/'
  }
  function take(entry: ArrayLike<unknown>): void {
    const [command, target, values] = Array.from(entry) as [
      string,
      string,
      State & { cookie_expires?: number },
    ]
    if ('event' in entry && entry.event === 'gtm.js') {
      isContainer = true
      id = 'G-XXXXXXXXXX'
      maxAge = 395 * 86_400
      measure('page_view')
    }
    if (command === 'config') {
      id = target
      maxAge = values.cookie_expires ?? maxAge
      measure('page_view')
    }
    if (command === 'consent') {
      Object.assign(state, values)
      measure('consent')
    }
    advertise()
  }

  const layer = page.dataLayer
  for (const entry of layer) take(entry)
  const push = layer.push.bind(layer)
  layer.push = (...entries) => {
    const length = push(...entries)
    for (const entry of entries) take(entry)
    return length
  }
  addEventListener('click', () => measure('click'))
}

/** fbevents.js: takes the calls from the queue; what is tracked while consent is revoked waits for the grant. */
function meta(): void {
  const { fbq } = window as unknown as {
    fbq: { queue: unknown[][]; callMethod?: (...call: unknown[]) => void }
  }
  let isAllowed = true
  let isBegun = false
  const waiting: string[] = []

  function track(name: string): void {
    if (!isBegun) return
    if (!isAllowed) {
      waiting.push(name)
      return
    }
    document.cookie = `_fbp=fb.1.1.1; domain=example.com; path=/; max-age=${90 * 86_400}; secure`
    document.cookie = `_fbc=fb.1.1.click; path=/consent/meta-pixel/; max-age=${90 * 86_400}`
    new Image().src = `https://www.facebook.com/tr/?ev=${name}`
  }
  fbq.callMethod = (command, value) => {
    if (command === 'init') isBegun = true
    if (command === 'track') track(String(value))
    if (command === 'consent') {
      isAllowed = value === 'grant'
      if (isAllowed) for (const name of waiting.splice(0)) track(name)
    }
  }
  for (const call of fbq.queue.splice(0)) fbq.callMethod(...call)
  addEventListener('click', () => {
    if (isAllowed) track('Click')
  })
}

const script = (run: () => void): { contentType: string; body: string } => ({
  contentType: 'text/javascript',
  body: `(${run.toString()})()`,
})
const frame = (image: string): { contentType: string; body: string } => ({
  contentType: 'text/html',
  body: `<!doctype html><title>Embed</title><img alt="" src="${image}">`,
})

/** What is served at which address, without its query. Whatever else these hosts are asked for is an empty answer. */
export const FOREIGN: Record<string, { contentType: string; body: string }> = {
  'https://www.googletagmanager.com/gtag/js': script(google),
  'https://www.googletagmanager.com/gtm.js': script(google),
  'https://connect.facebook.net/en_US/fbevents.js': script(meta),
  'https://www.youtube-nocookie.com/embed/XXXXXXXXXXX': frame('https://i.ytimg.com/vi/X/hqdefault.jpg'),
  'https://www.google.com/maps/embed': frame('https://maps.gstatic.com/mapfiles/x.png'),
}
