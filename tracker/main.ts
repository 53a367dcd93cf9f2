import { onScript } from './script.ts'
import { installApi } from './api.ts'
import { onActivation } from './gate.ts'
import { createPageviews } from './pageview.ts'
import { watchNavigation } from './navigation.ts'
import { createQueue } from './queue.ts'

// NOTE: the parts stand in the bundle in the order of these imports, and in this order they compress best.
onScript((options, src) => {
  const queue = createQueue(options, src)
  const countPageview = createPageviews(options, queue.add)
  installApi(countPageview)
  onActivation(() => {
    watchNavigation(options, countPageview)
    void queue.open()
  })
})
