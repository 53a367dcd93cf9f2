import { expect, it } from 'vitest'
import { panel, settled, startDashboards, soon } from '../support/dashboard.ts'

/** What the page is given by these tests. */
interface Watched {
  /** Answers that are here and held back. */
  arrived: number
  /** Lets go of all of them in one task. */
  letGo: () => void
  /** By the name of a panel the tasks of the page in which it was drawn. */
  drawn: Record<string, number[]>
}

const PANELS = ['Pages', 'Sources', 'Places', 'Technology']

it('answers that come at one moment are drawn one after the other, so that a click comes in between', async () => {
  const dashboards = await startDashboards()
  const { page, api } = await dashboards.open('', { isSignedIn: false })
  api.isSignedIn = true
  await page.addInitScript((names) => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const drawn: Record<string, number[]> = {}
    let task = 0
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      task++
      port2.postMessage(undefined)
    })
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement
        const title = element?.closest('section')?.getAttribute('aria-labelledby') ?? ''
        const name = document.getElementById(title)?.textContent ?? ''
        if (!names.includes(name)) continue
        const tasks = (drawn[name] ??= [])
        if (tasks.at(-1) !== task) tasks.push(task)
      }
    })
    const given = {
      arrived: 0,
      drawn,
      letGo() {
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
        port1.start()
        port2.postMessage(undefined)
        open()
      },
    }
    Object.assign(window, { watched: given })
    const { fetch } = window
    window.fetch = async (...request) => {
      const response = await fetch(...request)
      if (!response.url.endsWith('/api/query')) return response
      const body: unknown = await response.json()
      given.arrived++
      await gate
      return Object.assign(response, { json: () => Promise.resolve(body) })
    }
  }, PANELS)
  await page.reload()
  // The headline's, and one of each panel.
  await soon(() => page.evaluate('watched.arrived')).toBe(7)
  await page.evaluate('watched.letGo()')
  await settled(page)
  expect(await panel(page, 'Pages').getByRole('row').count()).toBeGreaterThan(2)

  const drawn = await page.evaluate<Watched['drawn']>('watched.drawn')
  expect(Object.keys(drawn).toSorted()).toEqual(PANELS.toSorted())
  const tasks = Object.values(drawn).flat()
  expect(new Set(tasks).size).toBe(tasks.length)
})
