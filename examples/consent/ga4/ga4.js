// Waits for the category performance, as Google's own script does: what is allowed has been told when this runs.
window.gtag('js', new Date())
window.gtag('config', 'G-XXXXXXXXXX', {
  // What policy.json declares: 13 months from the first visit, in seconds, and not prolonged with each visit.
  cookie_expires: 395 * 86_400,
  cookie_update: false,
  // Both would ask Google's advertising hosts, which the manifest does not name.
  allow_google_signals: false,
  allow_ad_personalization_signals: false,
})
