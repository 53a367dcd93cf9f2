// Google's consent mode v2 in its basic form: nothing of Google is loaded before the visitor has chosen, and what is
// loaded then is told what is allowed. The script tag stands before that of sluice.js, so that it hears the first word.
// https://developers.google.com/tag-platform/security/guides/consent
window.dataLayer = window.dataLayer || []

/** Google's tags take the list of arguments for a command; an array would be something else to them. */
function gtag() {
  window.dataLayer.push(arguments)
}
window.gtag = gtag

// Measurement ids, with blanks between: `data-measurement="G-XXXXXXXXXX"`.
const { measurement = '' } = document.currentScript.dataset
let isTold = false

addEventListener('sluice:consent', ({ detail }) => {
  const state = (category) => (detail.granted.includes(category) ? 'granted' : 'denied')
  // Before the tag is told: one that runs would answer the change with a request. This is its owner's switch,
  // https://developers.google.com/analytics/devguides/collection/gtagjs/user-opt-out
  for (const id of measurement.split(' ')) window[`ga-disable-${id}`] = state('performance') === 'denied'
  gtag('consent', isTold ? 'update' : 'default', {
    ad_storage: state('targeting'),
    ad_user_data: state('targeting'),
    ad_personalization: state('targeting'),
    analytics_storage: state('performance'),
    functionality_storage: state('functionality'),
    personalization_storage: state('functionality'),
    security_storage: 'granted',
  })
  isTold = true
})
