import type { PolicyManifest } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import { UserError } from '../../errors.ts'
import { checkController } from './check-controller.ts'
import { checkLook } from './check-look.ts'
import { checkServices } from './check-services.ts'
import { checkTexts } from './check-texts.ts'
import { describeFinding, type Finding } from './finding.ts'
import { readManifest } from './manifest.ts'
import { withOwnServices } from './own-services.ts'

/** What speaks against a manifest of the right shape, refusals first. */
export function checkManifest(manifest: PolicyManifest, site: Pick<Site, 'domain'>): Finding[] {
  const findings = [
    ...checkController(manifest, site),
    ...checkServices(manifest),
    ...checkTexts(manifest),
    ...checkLook(manifest.appearance),
  ]
  return [...findings.filter(isRefused), ...findings.filter((finding) => !isRefused(finding))]
}

/** A JSON value as a manifest with Sluice's own services, and what is to be said of it; undefined where it cannot load. */
export function inspectManifest(
  json: unknown,
  site: Pick<Site, 'domain'>,
): { manifest: PolicyManifest | undefined; findings: Finding[] } {
  const read = readManifest(json)
  if ('findings' in read) return { manifest: undefined, findings: read.findings }
  const findings = checkManifest(read.manifest, site)
  return { manifest: findings.some(isRefused) ? undefined : withOwnServices(read.manifest), findings }
}

/** A manifest that cannot load: the reasons, the first of them in the sentence. */
export class RefusedManifest extends UserError {
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    const reasons = findings.filter(isRefused)
    const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : ''
    super(
      `The manifest is refused${more}: ${reasons[0] ? describeFinding(reasons[0]) : 'it cannot be read.'}`,
    )
    this.findings = findings
  }
}

export function isRefused(finding: Finding): boolean {
  return finding.kind === 'refused'
}
