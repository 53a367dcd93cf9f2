import type { PolicyManifest, PolicyService, StoredItem } from '../../../../schema/policy.ts'
import { checkManifest } from '../../../../server/consent/policy/check.ts'
import { describeFinding } from '../../../../server/consent/policy/finding.ts'

export const SITE = { id: 7, domain: 'example.com' }

/** A manifest with nothing to be said against it. */
export function manifest(changes: Partial<PolicyManifest> = {}): PolicyManifest {
  return {
    manifest: 1,
    controller: { name: 'Example Ltd', contact: 'privacy@example.com' },
    language: 'en',
    services: [],
    gpc: 'targeting',
    choiceDays: 182,
    appearance: { position: 'bottom-left', tokens: {}, order: 'reject-first' },
    ...changes,
  }
}

export function service(changes: Partial<PolicyService> = {}): PolicyService {
  return {
    id: 'maps',
    name: 'Street maps',
    provider: 'Maps Inc',
    category: 'functionality',
    purpose: { en: 'Shows where our shops are.' },
    hosts: ['maps.example.net'],
    items: [item()],
    ...changes,
  }
}

export function item(changes: Partial<StoredItem> = {}): StoredItem {
  return {
    kind: 'cookie',
    name: 'map_view',
    purpose: { en: 'The part of the map you saw.' },
    lifetime: '30d',
    ...changes,
  }
}

/** An essential service, sound but for what a test changes. */
export function essential(changes: Partial<PolicyService> = {}): PolicyService {
  return service({
    id: 'cart',
    name: 'Shopping cart',
    provider: 'Example Ltd',
    category: 'essential',
    essentialPurpose: 'cart',
    hosts: [],
    items: [item({ name: 'cart' })],
    ...changes,
  })
}

/** The refusals of a manifest, `place: sentence`. */
export function refusals(changed: PolicyManifest): string[] {
  return said(changed, 'refused')
}

export function warnings(changed: PolicyManifest): string[] {
  return said(changed, 'warning')
}

function said(changed: PolicyManifest, kind: 'refused' | 'warning'): string[] {
  return checkManifest(changed, SITE)
    .filter((finding) => finding.kind === kind)
    .map(describeFinding)
}
