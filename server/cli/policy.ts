import { systemClock } from '../clock.ts'
import { checkManifest, inspectManifest, RefusedManifest } from '../consent/policy/check.ts'
import { describeFinding, type Finding } from '../consent/policy/finding.ts'
import { askedAgain, createPolicies, type Policies } from '../consent/policy/policies.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type SiteRecord } from '../sites/registry.ts'
import { answer, typed, type CliContext, type Command, type Input } from './context.ts'
import { readManifestJson } from './read-file.ts'
import { withAudit } from './with-store.ts'

/** `sluice policy show <site>`: the manifest itself, so that it can be changed and set again. */
export const showPolicy: Command = async (context, input) => {
  const { version, site } = await withPolicies(context, input, (policies, found) => ({
    version: policies.current(found),
    site: found,
  }))
  answer(context, version.manifest, [JSON.stringify(version.manifest, null, 2)])
  if (!context.json) context.stderr.write(`Revision ${version.revision} of ${site.domain}.\n`)
  warn(context, checkManifest(version.manifest, site))
}

/** `sluice policy check <site> [file]`: exit 1 where the manifest cannot load. */
export const checkPolicy: Command = async (context, input) => {
  const json = await readManifestJson(input.words[1])
  const { manifest, findings } = await withPolicies(context, input, (_policies, site) =>
    inspectManifest(json, site),
  )
  answer(
    context,
    { loads: manifest !== undefined, findings },
    findings.length > 0
      ? findings.map((finding) => `${finding.kind.padEnd(7)}  ${describeFinding(finding)}`)
      : ['Nothing speaks against this manifest.'],
  )
  return manifest ? 0 : 1
}

/** `sluice policy set <site> [file]`. */
export const setPolicy: Command = async (context, input) => {
  const json = await readManifestJson(input.words[1])
  const { before, after, findings } = await withPolicies(context, input, async (policies, site) => {
    const inspected = inspectManifest(json, site)
    if (!inspected.manifest) throw new RefusedManifest(inspected.findings)
    const inForce = policies.current(site)
    const published = await policies.publish(site, inspected.manifest)
    return { before: inForce, after: published, findings: inspected.findings }
  })
  const again = askedAgain(before, after)
  answer(
    context,
    { revision: after.revision, changed: after.revision !== before.revision, askedAgain: again },
    [
      after.revision === before.revision
        ? `Nothing has changed: revision ${after.revision} stays in force.`
        : `Revision ${after.revision} is in force.`,
      again.length > 0
        ? `Visitors who allowed ${again.join(', ')} are asked again; refusals hold.`
        : 'Nobody is asked again.',
    ],
  )
  warn(context, findings)
}

function warn(context: CliContext, findings: readonly Finding[]): void {
  if (context.json) return
  for (const finding of findings) context.stderr.write(`Warning: ${describeFinding(finding)}\n`)
}

function withPolicies<T>(
  context: CliContext,
  input: Input,
  act: (policies: Policies, site: SiteRecord) => Promise<T> | T,
): Promise<T> {
  const domain = typed(() => normalizeDomain(input.words[0] ?? ''))
  return withAudit(context, (store, audit) => {
    const site = createSites({ store, clock: systemClock }).get(domain)
    return act(createPolicies({ store, clock: systemClock, audit }), site)
  })
}
