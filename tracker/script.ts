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
  /** Globs of pages that are not measured, with commas between. */
  readonly exclude?: string
}

/**
 * Calls back with the script tag's options and the folder that the script came from, with `/` at its end. Not where the
 * tag names no site, where a tracker is at work already, and on a page without a host: its address would tell where a
 * file lies on a disk.
 */
export function onScript(callback: (options: Options, folder: string) => void): void {
  // currentScript is null in a module and in a script that a loader inserts late.
  const script = (document.currentScript ??
    document.querySelector('script[data-site]')) as HTMLScriptElement | null
  if (script?.dataset['site'] && !window.sluice?.pageview && location.host) {
    callback(script.dataset as unknown as Options, script.src.replace(/[^/]*$/, ''))
  }
}
