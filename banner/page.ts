import type { ConsentApi, ConsentShown, ConsentSource, Sent } from '../schema/consent.ts'
import type { ConsentNotice } from '../schema/policy.ts'

/** What all parts of the UI work with on this page. */
export interface Page {
  readonly notice: ConsentNotice
  /** Address of the collector's folder, with `/` at its end. */
  readonly collector: string
  readonly consent: ConsentApi
  /** What the page has sent, the oldest first. */
  readonly inspect: () => Sent[]
  /** Beside the body, which some sites exchange as a whole when another page is shown. */
  readonly host: HTMLElement
}

/** What the tracker lets the page have. */
export function trackerApi(): Pick<Page, 'consent' | 'inspect'> {
  const { sluice } = window as unknown as { sluice: Pick<Page, 'consent'> & Partial<Pick<Page, 'inspect'>> }
  // A browser can have this file of one release and the tracker of the one before.
  return { consent: sluice.consent, inspect: sluice.inspect ?? (() => []) }
}

/** What was shown when somebody chose here. */
export function shown({ notice }: Page, source: ConsentSource): ConsentShown {
  return { source, notice: notice.hash, revision: notice.revision, reopen: notice.texts.reopen }
}

/** The categories that can be chosen. */
export function choosable({ notice }: Page): string[] {
  return notice.categories.map(({ id }) => id).filter((id) => id !== 'essential')
}
