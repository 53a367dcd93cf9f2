import type { OptionalCategory, SweepList } from '../../../schema/consent.ts'
import type { PolicyVersion, StorageKind } from '../../../schema/policy.ts'

/** What is on a device by the manifest, for each of the categories that has something, each name once. */
export function sweepLists(
  version: Pick<PolicyVersion, 'manifest'>,
  categories: readonly OptionalCategory[],
): SweepList[] {
  return categories.flatMap((category) => {
    const items = version.manifest.services
      .filter((one) => one.category === category)
      .flatMap((one) => one.items)
    if (items.length === 0) return []
    const names = (kind: StorageKind): string[] => [
      ...new Set(items.filter((item) => item.kind === kind).map(({ name }) => name)),
    ]
    return [
      {
        category,
        cookies: names('cookie'),
        localStorage: names('localStorage'),
        sessionStorage: names('sessionStorage'),
        indexedDB: names('indexedDB'),
        caches: names('cache'),
      },
    ]
  })
}
