import { onScript } from './script.ts'
import { installApi } from './api.ts'
import { onActivation } from './gate.ts'
import { createPageviews } from './pageview.ts'
import { watchNavigation } from './navigation.ts'
import { createQueue } from './queue.ts'
import { createConsent } from './consent.ts'
import { createRequest } from './transport.ts'

// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
onScript((options, folder) => {
  const request = createRequest(options, folder)
  const queue = createQueue(options.site, request, () => consent.renew())
  const countPageview = createPageviews(options, queue.add)
  const consent = createConsent(options, folder, request, queue)
  installApi(countPageview, consent.api)
  onActivation(() => {
    watchNavigation(options, countPageview)
    consent.follow()
  })
})
