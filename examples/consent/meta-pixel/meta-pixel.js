// Keeps the pixel's calls until fbevents.js comes, which waits for the category targeting, and tells it what is allowed.
// https://developers.facebook.com/docs/meta-pixel/implementation/gdpr
const PIXEL = '000000000000000'

/** What fbevents.js looks for: it takes the queue over and gives itself as `callMethod`. */
function fbq(...call) {
  if (fbq.callMethod) fbq.callMethod(...call)
  else fbq.queue.push(call)
}
Object.assign(fbq, { push: fbq, loaded: true, version: '2.0', queue: [] })
Object.assign(window, { fbq, _fbq: fbq })

fbq('consent', 'revoke')
// Else it also sends what people click on and what the page says of itself.
fbq('set', 'autoConfig', false, PIXEL)
fbq('init', PIXEL)
fbq('track', 'PageView')

addEventListener('sluice:consent', ({ detail }) => {
  fbq('consent', detail.granted.includes('targeting') ? 'grant' : 'revoke')
})
