/** What the script tag says: its data attributes. */
export interface Options {
  /** The site's domain, as registered. */
  readonly site: string
  /** Where the collector is; default: the folder that the script itself came from. */
  readonly api?: string
  /** Present or not: the part after `#` names the page. */
  readonly hash?: string
  /** Present or not: no page view is counted but those the page asks for. */
  readonly manual?: string
  /** What is measured without a word of the page, with blanks between; absent: all but `click`. See AUTOMATIC. */
  readonly events?: string
  /** Globs of pages that are not measured, with commas between. */
  readonly exclude?: string
}

// currentScript is null in a module and in a script that a loader inserts late.
const script = (document.currentScript ?? document.querySelector('script[data-site]')) as HTMLScriptElement

export const options = script?.dataset as unknown as Options

/**
 * Whether there is anything to do: not where the tag names no site, and not on a page without a host, whose address
 * would tell where a file lies on a disk.
 */
export const isWanted = options?.site && location.host

/** The folder that the script came from, with `/` at its end. */
export const folder = isWanted && script.src.replace(/[^/]*$/, '')
