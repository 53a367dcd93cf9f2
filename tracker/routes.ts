import type { Options } from './script.ts'

/**
 * Names of pages in a site with `data-hash` or `data-exclude`: `sluice-routes.js`, which other sites do without. The
 * function that it makes gives the name of the page shown now, or nothing where the page is not measured.
 */
export function createPageName(options: Options): () => string {
  return () => {
    const name = location.pathname + hashRoute(options)
    return isExcluded(name, options.exclude) ? '' : name
  }
}

/**
 * The route after `#`, in a site with `data-hash`: a fragment that begins with `/` or `!`, other ones lead to a place on
 * the page. It ends at `?`, `=` or `&`: what follows is no name but data.
 */
function hashRoute(options: Options): string {
  return String(('hash' in options && /^#[/!][^?=&]*/.exec(location.hash)) || '')
}

/**
 * Whether a page's name fits one of the globs, `/account/**, /draft-*`: `*` stands for any characters within a segment
 * of the path, `**` for any characters.
 */
export function isExcluded(name: string, globs?: string): boolean {
  return (
    !!globs &&
    new RegExp(
      `^(${globs.replace(/,\s*|\*+|\W/g, (sign) =>
        sign[0] === ',' ? '|' : sign === '*' ? '[^/]*' : sign[1] ? '.*' : '\\' + sign,
      )})$`,
    ).test(name)
  )
}
