import { folder, options } from './script.ts'

/** The name of the page shown now; empty where it is not measured. */
export let pageName = (): string => location.pathname

/**
 * Calls back once pages can be named: at once, but in a site that has rules for it. Where those cannot be had never, and
 * nothing is measured: what is excluded would be.
 */
export function whenNamed(start: () => void): void {
  if ('hash' in options || options.exclude)
    void (import(folder + 'sluice-routes.js') as Promise<typeof import('./routes.ts')>).then(
      (routes) => {
        pageName = routes.createPageName(options)
        start()
      },
      () => {},
    )
  else start()
}
