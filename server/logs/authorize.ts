import type { IncomingMessage } from 'node:http'
import type { Site } from '../../schema/site.ts'
import type { KeyRing } from '../accounts/keys.ts'
import { TooManyTries, UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'

/** The site that a request's key of the scope `ingest` is for. Throws UserError 401, and 429 within a burst of wrong ones. */
export function createIngestAuthorizer(parts: {
  keys: Pick<KeyRing, 'verify'>
  sites: Pick<Sites, 'byId'>
  /** Counts a key that is none by the network that sent it. 0: go on; else the seconds after which to try again. */
  keyWait(request: IncomingMessage): number
}): (request: IncomingMessage) => Site {
  return (request) => {
    const key = parts.keys.verify(request.headers.authorization, 'ingest')
    const site = key && parts.sites.byId(key.siteId)
    if (site) return site
    const wait = parts.keyWait(request)
    if (wait > 0) throw new TooManyTries(wait)
    throw new UserError('Send a key with the scope ingest as a bearer token.', 401)
  }
}
