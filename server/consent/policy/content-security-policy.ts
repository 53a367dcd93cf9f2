import type { ConsentCategory } from '../../../schema/consent.ts'
import type { PolicyVersion } from '../../../schema/policy.ts'

/**
 * The Content-Security-Policy of the site's pages in a consent state: besides the site itself and Sluice's origin a
 * browser talks to the hosts of granted and essential services only, whatever a script tries. `origin` is where
 * sluice.js comes from, `https://stats.example.com`; inline scripts and styles are not allowed.
 */
export function contentSecurityPolicy(
  version: Pick<PolicyVersion, 'manifest'>,
  granted: readonly ConsentCategory[],
  origin: string,
): string {
  const hosts = version.manifest.services
    .filter(({ category }) => category === 'essential' || granted.includes(category))
    .flatMap((service) => service.hosts)
  const named = [...new Set(hosts)].toSorted()
  const own = ["'self'", origin]
  const secure = named.map((host) => `https://${host}`)
  const directives: [string, string[]][] = [
    ['default-src', ["'self'"]],
    ['script-src', [...own, ...secure]],
    ['style-src', [...own, ...secure]],
    ['img-src', [...own, 'data:', ...secure]],
    ['font-src', ["'self'", ...secure]],
    // A chat keeps a WebSocket open, which https: does not take in.
    ['connect-src', [...own, ...secure, ...named.map((host) => `wss://${host}`)]],
    ['frame-src', ["'self'", ...secure]],
    ['media-src', ["'self'", ...secure]],
    ['object-src', ["'none'"]],
    ['base-uri', ["'self'"]],
    ['form-action', ["'self'"]],
  ]
  return directives.map(([name, sources]) => `${name} ${sources.join(' ')}`).join('; ')
}
