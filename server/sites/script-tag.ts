import type { Site } from '../../schema/site.ts'

/** The line for the head of a site's pages. `publicUrl`: where the product is reached. */
export function scriptTag({ domain }: Pick<Site, 'domain'>, publicUrl: string): string {
  return `<script defer src="${publicUrl}/sluice.js" data-site="${domain}"></script>`
}
