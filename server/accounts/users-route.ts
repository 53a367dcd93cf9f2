import { Router, type Request } from 'express'
import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import type { Access } from './access.ts'
import { checkRole, type Accounts, type Grants } from './accounts.ts'
import { bodyOf } from './bodies.ts'
import { jsonBody, textOf, textOrEmpty, textsOf } from './body.ts'
import { grantsOf, shownAccount } from './shown.ts'
import type { SetUp } from './set-up.ts'

/**
 * `/api/users`: who has an account, with which role and for which sites; inviting, changing, removing. Whatever changes
 * something needs a fresh second factor and a `reason`.
 */
export function createUsersRouter(parts: {
  access: Access
  accounts: Accounts
  setUp: SetUp
  sites: Sites
}): Router {
  const { access, accounts, setUp, sites } = parts
  const router = Router()
  router.use('/api/users', (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/users', (request, response) => {
    access.installation(request, 'accounts.read')
    response.json({ users: accounts.list().map((one) => shownAccount(one, sites)) })
  })
  router.post('/api/users', ...jsonBody, bodyOf('POST /api/users'), async (request, response) => {
    const who = access.installation(request, 'accounts.write')
    const by = access.deliberate(who, textOf(request, 'reason'))
    const account = await accounts.add(
      {
        email: textOrEmpty(request, 'email'),
        role: checkRole(textOrEmpty(request, 'role')),
        sites: grantsIn(request, sites) ?? 'all',
      },
      by,
    )
    const link = await setUp.makeLink(account.id, by)
    response.status(201).json({ ...shownAccount(account, sites), link })
  })
  router.patch('/api/users/:id', ...jsonBody, bodyOf('PATCH /api/users/:id'), async (request, response) => {
    const who = access.installation(request, 'accounts.write')
    const by = access.deliberate(who, textOf(request, 'reason'))
    const role = textOf(request, 'role')
    const grants = grantsIn(request, sites)
    if (role === undefined && grants === undefined) throw new UserError('Give a role, sites or both.')
    const change = { role: role === undefined ? undefined : checkRole(role), sites: grants }
    response.json(shownAccount(await accounts.set(String(request.params['id']), change, by), sites))
  })
  router.post(
    '/api/users/:id/link',
    ...jsonBody,
    bodyOf('POST /api/users/:id/link'),
    async (request, response) => {
      const who = access.installation(request, 'accounts.write')
      const by = access.deliberate(who, textOf(request, 'reason'))
      response.json({ link: await setUp.makeLink(String(request.params['id']), by) })
    },
  )
  router.delete('/api/users/:id', ...jsonBody, bodyOf('DELETE /api/users/:id'), async (request, response) => {
    const who = access.installation(request, 'accounts.write')
    const by = access.deliberate(who, textOf(request, 'reason'))
    const id = String(request.params['id'])
    await accounts.remove(id, by)
    response.json({ removed: id })
  })
  return router
}

/** `sites` as a list of domains, or `"all"`; undefined where it is absent. */
function grantsIn(request: Request, sites: Sites): Grants | undefined {
  const body = request.body as { sites?: unknown } | null | undefined
  if (body?.sites === 'all') return 'all'
  const domains = textsOf(request, 'sites')
  return domains && grantsOf(domains, sites)
}
