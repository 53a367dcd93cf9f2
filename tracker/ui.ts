import type { ConsentPart, ConsentUi } from '../schema/consent.ts'
import type { ConsentNotice } from '../schema/policy.ts'
import type { Request } from './transport.ts'

export interface Ui {
  /** The texts of the site's notice, in the page's language. Rejects when they cannot be had. */
  readonly notice: () => Promise<ConsentNotice>
  readonly show: (part: ConsentPart) => Promise<void>
  /** Loads anew when it is shown next: its texts are not those in force, or could not be had. */
  readonly forget: () => void
}

/** The consent UI, of which nothing is loaded before something of it is to be shown. */
export function createUi(site: string, folder: string, request: Request): Ui {
  let asked: Promise<{ notice: ConsentNotice; collector: string }> | undefined

  async function ask(): Promise<{ notice: ConsentNotice; collector: string }> {
    const language = document.documentElement.lang || navigator.language
    const answer = await request(`s/${site}/notice.json?language=${encodeURIComponent(language)}`)
    if (!answer.ok) throw new Error(`Sluice has no consent notice for ${site} (${answer.status}).`)
    return { notice: (await answer.json()) as ConsentNotice, collector: new URL('../../', answer.url).href }
  }

  return {
    notice: async () => (await (asked ??= ask())).notice,
    async show(part) {
      const [{ notice, collector }, ui] = await Promise.all([
        (asked ??= ask()),
        import(`${folder}sluice-ui.js`) as Promise<ConsentUi>,
      ])
      await ui.show(part, notice, collector)
    },
    forget() {
      asked = undefined
    },
  }
}
