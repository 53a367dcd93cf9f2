import http from 'node:http'

/** The largest that Sluice takes is a policy manifest. */
const MAX_BODY_BYTES = 1_048_576
const CONNECT_MS = 5_000
const ANSWER_MS = 60_000

/** Of one connection, and so not to be passed on (RFC 9110, 7.6.1); or names for the visitor that a visitor can make up. */
const NOT_PASSED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'forwarded',
  'x-real-ip',
])

const TOO_LARGE = [413, 'This is larger than anything that is taken here.']
const NO_ANSWER = [503, 'Sluice does not answer just now: try again later.']

/**
 * Serves Sluice under `/_s/` of a site on Node.js, and `/.well-known/gpc.json` on the site's own host. A function of
 * request, response and what comes next, as Express takes them and any server can call them; it has to be asked before
 * whatever reads bodies.
 *
 * @param {object} [options]
 * @param {string} [options.upstream] where Sluice listens
 * @param {string} [options.path] the path of PUBLIC_URL
 * @param {(request: http.IncomingMessage) => string} [options.addressOf] the visitor's address. Default: the peer's.
 *   Behind another proxy the peer is that one: with Express set `trust proxy` to it and give `({ ip }) => ip`
 */
export function sluice({ upstream = 'http://127.0.0.1:8000', path = '/_s', addressOf = peerOf } = {}) {
  const { hostname, port } = new URL(upstream)
  const target = { hostname, port, agent: new http.Agent({ keepAlive: true }) }
  const wellKnown = new Set(['/.well-known/gpc.json', '/.well-known/sluice-consent.json'])

  return (request, response, next) => {
    const [route] = request.url.split('?')
    if (route === path) {
      // Pages of Sluice link to each other by relative addresses, so the path needs its slash.
      response.writeHead(308, { location: `${path}/` }).end()
    } else if (route.startsWith(`${path}/`)) {
      proxy(target, request, response, request.url.slice(path.length), addressOf(request))
    } else if (wellKnown.has(route)) proxy(target, request, response, request.url, addressOf(request))
    else next()
  }
}

function peerOf(request) {
  return request.socket.remoteAddress
}

function proxy(target, request, response, path, address) {
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
    refuse(response, ...TOO_LARGE)
    return
  }
  const headers = passed(request.headers)
  headers['x-forwarded-for'] = address
  const cookies = cookiesFor(path, request.headers.cookie ?? '')
  if (cookies === '') delete headers.cookie
  else headers.cookie = cookies

  const onward = http.request({ ...target, method: request.method, path, headers, timeout: ANSWER_MS })
  onward.on('socket', (socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => socket.destroy(new Error('no connection')), CONNECT_MS)
    for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer))
  })
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode, passed(answer.headers))
    // An answer that breaks off must not look whole.
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  onward.on('timeout', () => onward.destroy(new Error('no answer')))
  // Trackers try again on 503. Nothing is logged: whoever watches Sluice asks its /ready.
  onward.on('error', () => refuse(response, ...NO_ANSWER))
  response.on('close', () => onward.destroy())

  let bytes = 0
  request.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) return
    refuse(response, ...TOO_LARGE)
    onward.destroy()
  })
  request.pipe(onward)
}

function passed(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED.has(name)))
}

/**
 * Of the visitor's cookies Sluice gets its own session on the dashboard, and all where a choice is made: it expires
 * those that the choice refuses and no script can see. It looks at their names only.
 */
function cookiesFor(path, cookies) {
  const [route] = path.split('?')
  if (route === '/c' || route === '/privacy/choices') return cookies
  if (!route.startsWith('/api/')) return ''
  const own = cookies.split(';').filter((pair) => /^(?:__Secure-)?sluice_session=/.test(pair.trim()))
  return own.join(';').trim()
}

function refuse(response, status, error) {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '5', connection: 'close' })
  response.end(JSON.stringify({ error }))
}
