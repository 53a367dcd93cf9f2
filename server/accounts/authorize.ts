import type { Request } from 'express'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import type { KeyScope } from '../store/tables.ts'
import type { KeyRing } from './keys.ts'
import type { SignIn } from './sign-in.ts'

/**
 * Who may ask about a site: the bearer of a key of that site with the scope asked for, or somebody signed in. A key of
 * another site gets the same answer whether the asked site exists or not. Throws UserError 401, 403 or 404.
 */
export function createAuthorize(
  parts: { keys: KeyRing; signIn: SignIn; sites: Sites },
  scope: KeyScope,
): (request: Request, domain: string) => Site {
  const { keys, signIn, sites } = parts
  return ({ headers }, domain) => {
    const site = sites.find(domain)
    if (headers.authorization !== undefined) {
      const key = keys.verify(headers.authorization, scope)
      if (!key) throw new UserError(`This key is unknown, revoked or lacks the scope ${scope}.`, 401)
      if (site?.id !== key.siteId) throw new UserError('This key is for another site.', 403)
      return site
    }
    if (!signIn.verify(headers.cookie)) {
      throw new UserError(`Sign in, or send a key with the scope ${scope} as a bearer token.`, 401)
    }
    if (!site) throw new UserError('This site is not registered: add it with `sluice site add`.', 404)
    return site
  }
}
