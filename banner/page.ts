import type { ConsentApi, ConsentShown, ConsentSource } from '../schema/consent.ts'
import type { ConsentNotice } from '../schema/policy.ts'

/** What all parts of the UI work with on this page. */
export interface Page {
  readonly notice: ConsentNotice
  /** Address of the collector's folder, with `/` at its end. */
  readonly collector: string
  readonly consent: ConsentApi
  /** Beside the body, which some sites exchange as a whole when another page is shown. */
  readonly host: HTMLElement
}

/** The choice as the tracker lets the page have it. */
export function consentApi(): ConsentApi {
  return (window as unknown as { sluice: { consent: ConsentApi } }).sluice.consent
}

/** What was shown when somebody chose here. */
export function shown({ notice }: Page, source: ConsentSource): ConsentShown {
  return { source, notice: notice.hash, revision: notice.revision, reopen: notice.texts.reopen }
}

/** The categories that can be chosen. */
export function choosable({ notice }: Page): string[] {
  return notice.categories.map(({ id }) => id).filter((id) => id !== 'essential')
}
