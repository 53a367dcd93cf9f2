import type { Site } from '../../../schema/site.ts'
import { DEFAULT_APPEARANCE, DEFAULT_CHOICE_DAYS } from './manifest.ts'
import type { PolicyManifest } from '../../../schema/policy.ts'
import { withOwnServices } from './own-services.ts'

/**
 * The manifest of a site that never set one: Sluice's own services, and a controller who is known by the domain only.
 * It works, but checkManifest warns until somebody is named.
 */
export function defaultManifest(site: Pick<Site, 'domain'>): PolicyManifest {
  return withOwnServices({
    manifest: 1,
    controller: { name: site.domain, contact: `https://${site.domain}/` },
    language: 'en',
    services: [],
    gpc: 'targeting',
    choiceDays: DEFAULT_CHOICE_DAYS,
    appearance: DEFAULT_APPEARANCE,
  })
}
