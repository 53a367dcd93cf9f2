import { Router } from 'express'
import type { AuditLog } from '../audit/log.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { Access } from './access.ts'
import { bodyOf } from './bodies.ts'
import { jsonBody, shownIn, textOrEmpty, valueOf } from './body.ts'
import type { Guests } from './guests.ts'
import { networkGuard, type NetworkGuardParts } from './network-guard.ts'
import type { PasskeySignIn } from './passkey-sign-in.ts'
import type { Passkeys } from './passkeys.ts'
import type { Sessions } from './sessions.ts'
import type { SetUp } from './set-up.ts'
import type { SignIn } from './sign-in.ts'

export interface AccountRouterParts extends NetworkGuardParts {
  store: Pick<Store, 'transaction'>
  access: Access
  audit: AuditLog
  sessions: Sessions
  signIn: SignIn
  setUp: SetUp
  passkeys: Pick<Passkeys, 'askToShow' | 'list'>
  passkeySignIn: PasskeySignIn
  guests?: Guests | undefined
}

/** Setting up an account, signing in and out, and the sites one may ask about. */
export function createAccountRouter(parts: AccountRouterParts): Router {
  const { access, audit, sessions, signIn, setUp, passkeys, passkeySignIn, guests } = parts
  const router = Router()
  const guarded = networkGuard(parts)
  const addresses = ['sign-in', 'sign-out', 'session', 'set-up', 'look', 'sites'].map(
    (name) => `/api/${name}`,
  )
  router.use(addresses, (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.post(
    '/api/set-up/look',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/set-up/look'),
    (request, response) => {
      response.json(setUp.look(textOrEmpty(request, 'token')))
    },
  )
  router.post(
    '/api/set-up/ask',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/set-up/ask'),
    async (request, response) => {
      const given = { token: textOrEmpty(request, 'token'), email: textOrEmpty(request, 'email') }
      response.json(await setUp.askForPasskey(given))
    },
  )
  router.post('/api/set-up', guarded, ...jsonBody, bodyOf('POST /api/set-up'), async (request, response) => {
    const passkey = valueOf(request, 'passkey')
    const { recoveryCodes, setCookie } = await setUp.finish(
      {
        token: textOrEmpty(request, 'token'),
        email: textOrEmpty(request, 'email'),
        password: textOrEmpty(request, 'password'),
        code: textOrEmpty(request, 'code'),
        passkey:
          passkey === undefined
            ? undefined
            : { response: passkey, name: textOrEmpty(request, 'passkeyName') },
      },
      request.headers.cookie,
    )
    response.set('set-cookie', setCookie).json({ recoveryCodes })
  })
  router.post('/api/look', guarded, ...jsonBody, bodyOf('POST /api/look'), (request, response) => {
    const setCookie = guests?.redeem(textOrEmpty(request, 'token'))
    if (setCookie === undefined) {
      throw new UserError('This link was used or has ended: start the demo again for a new one.', 404)
    }
    response.set('set-cookie', setCookie).json({ signedIn: true })
  })
  router.post(
    '/api/sign-in',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/sign-in'),
    async (request, response) => {
      const given = {
        email: textOrEmpty(request, 'email'),
        password: textOrEmpty(request, 'password'),
        code: textOrEmpty(request, 'code'),
      }
      response.set('set-cookie', await signIn.signIn(given, request.headers.cookie)).json({ signedIn: true })
    },
  )
  router.post('/api/sign-in/ask', guarded, async (_request, response) => {
    const { options, setCookie } = await passkeySignIn.ask()
    response.set('set-cookie', setCookie).json(options)
  })
  router.post(
    '/api/sign-in/passkey',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/sign-in/passkey'),
    async (request, response) => {
      const { cookie } = request.headers
      const setCookie = await passkeySignIn.signIn(valueOf(request, 'passkey'), cookie)
      response.set('set-cookie', setCookie).json({ signedIn: true })
    },
  )
  router.post('/api/sign-out', async (request, response) => {
    const who = access.principal(request)
    if (who?.kind === 'account') {
      const { account, session } = who
      await parts.store.transaction(async (transaction) => {
        await sessions.revoke(transaction, account.id, session.name)
        await audit.append(transaction, {
          actor: `account:${account.id}`,
          action: 'sign-out',
          subject: session.name,
        })
      })
      sessions.forget()
    }
    response.set('set-cookie', sessions.clear()).json({ signedIn: false })
  })

  router.get('/api/session', (request, response) => {
    const who = access.person(request)
    const isAccount = who.kind === 'account'
    response.json({
      signedIn: true,
      // `guest` looks at the demo, `share` holds a link.
      role: isAccount ? who.account.role : who.kind,
      may: access.permissions(who),
      // Until then nobody has to show the second factor again.
      confirmedUntil: isAccount ? new Date(access.freshUntil(who)).toISOString() : null,
      // Whether a passkey can be shown in place of a code.
      passkeys: isAccount ? passkeys.list(who.account.id).length : 0,
      // What every answer is narrowed to.
      filters: access.conditions(request),
    })
  })
  router.post(
    '/api/session/confirm',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/session/confirm'),
    async (request, response) => {
      const { session } = access.signedIn(request)
      const setCookie = await signIn.confirm(session, shownIn(request), request.headers.cookie)
      response.set('set-cookie', setCookie).json({ confirmed: true })
    },
  )
  router.post(
    '/api/session/ask',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/session/ask'),
    async (request, response) => {
      const { account, session } = access.signedIn(request)
      response.json(await passkeys.askToShow(session.name, account.id))
    },
  )
  router.get('/api/sites', (request, response) => {
    const list = access.sites(request).map(({ domain, timezone, preConsent, goals, properties }) => ({
      domain,
      timezone,
      preConsent,
      goals,
      properties,
    }))
    response.json({ sites: list })
  })
  return router
}
