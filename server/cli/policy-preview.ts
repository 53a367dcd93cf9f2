import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { PolicyVersion } from '../../schema/policy.ts'
import { systemClock } from '../clock.ts'
import { checkManifest, inspectManifest, RefusedManifest } from '../consent/policy/check.ts'
import { describeFinding } from '../consent/policy/finding.ts'
import { createPolicies, versionAfter } from '../consent/policy/policies.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type SiteRecord } from '../sites/registry.ts'
import { answer, typed, type Command } from './context.ts'
import { onPort, readPort } from './port.ts'
import { createPreview, type Previewed } from '../consent/preview/route.ts'
import { readManifestFile, readManifestJson } from './read-file.ts'
import { stopSignal } from './stop-signal.ts'
import { withStore } from './with-store.ts'

/**
 * `sluice policy preview <site> [file]`: serves a page with the banner on loopback until SIGINT or SIGTERM. Without a
 * file it shows the manifest in force; a file is read anew with each page, standard input (`-`) once. Nothing is
 * recorded: there is no ledger behind it.
 */
export const previewPolicy: Command = async (context, input) => {
  const [domain = '', file] = input.words
  const name = typed(() => normalizeDomain(domain))
  const port = readPort(input.text('port'))
  const typedIn = file === '-' ? await readManifestJson(file) : undefined
  await withStore(context, async (store) => {
    const site = createSites({ store, clock: systemClock }).get(name)
    const policies = createPolicies({ store, clock: systemClock })
    const previewed = (): Previewed => {
      const inForce = policies.current(site)
      if (file === undefined) return { version: inForce, findings: checkManifest(inForce.manifest, site) }
      return draft(typedIn ?? readManifestFile(file), site, inForce)
    }
    const { version, findings } = previewed()
    if (!version) throw new RefusedManifest(findings)
    const source = file === '-' ? 'standard input' : file && path.basename(file)
    const server = await onPort(port, (free) => listen(createPreview({ site, source, previewed }), free))
    const stopping = stopSignal()
    const { port: taken } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${taken}/`
    answer(context, { url }, [
      `The banner of ${site.domain} by ${source ?? `revision ${version.revision}`}: ${url}`,
      'Choices go nowhere: nothing is recorded. Ctrl-C ends it.',
    ])
    if (!context.json) {
      for (const finding of findings) context.stderr.write(`Warning: ${describeFinding(finding)}\n`)
    }
    await stopping
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
}

function draft(json: unknown, site: SiteRecord, inForce: PolicyVersion): Previewed {
  const { manifest, findings } = inspectManifest(json, site)
  return { version: manifest && versionAfter(inForce, manifest, 0), findings }
}

async function listen(handler: http.RequestListener, port: number): Promise<http.Server> {
  const server = http.createServer(handler)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
