import { Router } from 'express'
import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import type { Access } from './access.ts'
import type { Accounts } from './accounts.ts'
import { bodyOf } from './bodies.ts'
import { jsonBody, shownIn, textOrEmpty } from './body.ts'
import { networkGuard, type NetworkGuardParts } from './network-guard.ts'
import type { Own } from './own.ts'
import type { Session, Sessions } from './sessions.ts'
import { shownAccount } from './shown.ts'

/** What somebody who is signed in sees and changes of their own account: password, recovery codes, sessions. */
export function createOwnRouter(
  parts: NetworkGuardParts & {
    access: Access
    accounts: Accounts
    own: Own
    sessions: Pick<Sessions, 'list'>
    sites: Sites
  },
): Router {
  const { access, accounts, own, sessions, sites } = parts
  const router = Router()
  const guarded = networkGuard(parts)
  router.use(['/api/account', '/api/sessions'], (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/account', (request, response) => {
    const { account } = access.signedIn(request)
    response.json({
      ...shownAccount(accounts.get(account.id), sites),
      recoveryCodes: own.recoveryCodesLeft(account.id),
    })
  })
  router.post(
    '/api/account/password',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/account/password'),
    async (request, response) => {
      const { session } = access.signedIn(request)
      const given = {
        current: textOrEmpty(request, 'current'),
        password: textOrEmpty(request, 'password'),
        code: shownIn(request),
      }
      const setCookie = await own.changePassword(session, given, request.headers.cookie)
      response.set('set-cookie', setCookie).json({ changed: true })
    },
  )
  router.post(
    '/api/account/recovery-codes',
    guarded,
    ...jsonBody,
    bodyOf('POST /api/account/recovery-codes'),
    async (request, response) => {
      const { session } = access.signedIn(request)
      response.json({ recoveryCodes: await own.renewRecoveryCodes(session, shownIn(request)) })
    },
  )

  router.get('/api/sessions', (request, response) => {
    const { account, session } = access.signedIn(request)
    const list = sessions.list(account.id).map((one) => shown(one, one.name === session.name))
    response.json({ sessions: list })
  })
  router.delete('/api/sessions', async (request, response) => {
    const { session } = access.signedIn(request)
    response.json({ revoked: await own.endOtherSessions(session) })
  })
  router.delete('/api/sessions/:name', async (request, response) => {
    const { account } = access.signedIn(request)
    const { name } = request.params
    if (!(await own.endSession(account.id, name))) {
      throw new UserError('You have no session of this name: it has ended already.', 404)
    }
    response.json({ revoked: name })
  })
  return router
}

/** A session as its owner sees it: where from is nobody's business, so it is not kept. */
function shown({ name, createdAt, lastSeenAt, endsAt }: Session, isThis: boolean): object {
  return { name, began: timeOf(createdAt), lastSeen: timeOf(lastSeenAt), ends: timeOf(endsAt), isThis }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
