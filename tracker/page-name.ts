import type { Options } from './script.ts'

/**
 * The route after `#`, in a site with `data-hash`: a fragment that begins with `/` or `!`, other ones lead to a place on
 * the page. It ends at `?`, `=` or `&`: what follows is no name but data.
 */
export function hashRoute(options: Options): string {
  return String(('hash' in options && /^#[/!][^?=&]*/.exec(location.hash)) || '')
}

/** The name of the page shown now: its path and hash route. */
export function pageName(options: Options): string {
  return location.pathname + hashRoute(options)
}
