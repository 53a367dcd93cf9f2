import { Router, type Request } from 'express'
import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import { SIGN_IN_PATH, type SignIn } from './sign-in.ts'

/** Signing in by the one-time link, who is signed in, signing out, and the sites that the signed-in may ask about. */
export function createAccountRouter(parts: { signIn: SignIn; sites: Sites; publicUrl: string }): Router {
  const { signIn, sites } = parts
  const router = Router()
  const requireSession = (request: Request): void => {
    if (!signIn.verify(request.headers.cookie)) throw new UserError('Sign in first.', 401)
  }

  router.get(SIGN_IN_PATH, async (request, response) => {
    const { token } = request.query
    const session = typeof token === 'string' ? await signIn.redeem(token) : undefined
    response.set('cache-control', 'no-store')
    // A used or old link leads to the page too: it tells who is not signed in how to get a new one.
    if (session) response.set('set-cookie', session.setCookie)
    response.redirect(303, `${parts.publicUrl}/`)
  })
  router.get('/api/session', (request, response) => {
    requireSession(request)
    response.set('cache-control', 'no-store').json({ signedIn: true })
  })
  router.post('/api/sign-out', async (request, response) => {
    response.set('cache-control', 'no-store')
    response.set('set-cookie', await signIn.signOut(request.headers.cookie)).json({ signedIn: false })
  })
  router.get('/api/sites', (request, response) => {
    requireSession(request)
    const list = sites.list().map(({ domain, timezone, preConsent }) => ({ domain, timezone, preConsent }))
    response.set('cache-control', 'no-store').json({ sites: list })
  })
  return router
}
