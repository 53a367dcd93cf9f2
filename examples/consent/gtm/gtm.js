// A container begins with the visitor's leave. What its tags do cannot be stopped one by one, so that the page is loaded
// anew when something is taken back that was allowed while it ran. The script tag stands after google-consent-mode.js.
let allowed

addEventListener('sluice:consent', ({ detail }) => {
  if (allowed) {
    if (allowed.some((category) => !detail.granted.includes(category))) location.reload()
  } else if (detail.granted.includes('performance')) {
    window.dataLayer.push({ 'gtm.start': Date.now(), event: 'gtm.js' })
  } else return
  allowed = detail.granted
})
