import { Router } from 'express'
import type { Store } from '../store/open.ts'
import type { Access } from './access.ts'
import type { Accounts } from './accounts.ts'
import { bodyOf } from './bodies.ts'
import { jsonBody, textOrEmpty, valueOf } from './body.ts'
import type { Passkeys } from './passkeys.ts'

/**
 * `/api/passkeys`: one's own, each of them a way in. Adding and removing one takes a second factor fresher than ten
 * minutes.
 */
export function createPasskeysRouter(parts: {
  store: Pick<Store, 'transaction'>
  access: Access
  accounts: Accounts
  passkeys: Passkeys
}): Router {
  const { store, access, accounts, passkeys } = parts
  const router = Router()
  router.use('/api/passkeys', (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/passkeys', (request, response) => {
    const { account } = access.signedIn(request)
    response.json({
      passkeys: passkeys.list(account.id).map(({ id, name, createdAt, lastUsedAt }) => ({
        id,
        name,
        created: timeOf(createdAt),
        lastUsed: lastUsedAt === null ? null : timeOf(lastUsedAt),
      })),
    })
  })
  router.post(
    '/api/passkeys/ask',
    ...jsonBody,
    bodyOf('POST /api/passkeys/ask'),
    async (request, response) => {
      const who = access.signedIn(request)
      access.fresh(who)
      const { id } = who.account
      const person = { handle: id, name: accounts.get(id).email }
      response.json(await passkeys.askToMake(who.session.name, person, id))
    },
  )
  router.post('/api/passkeys', ...jsonBody, bodyOf('POST /api/passkeys'), async (request, response) => {
    const who = access.signedIn(request)
    access.fresh(who)
    const made = await passkeys.made(who.session.name, valueOf(request, 'passkey'))
    const name = textOrEmpty(request, 'name')
    await store.transaction((transaction) => passkeys.add(transaction, who.account.id, name, made))
    response.status(201).json({ added: true })
  })
  router.delete('/api/passkeys/:id', async (request, response) => {
    const who = access.signedIn(request)
    access.fresh(who)
    const { id } = request.params
    await passkeys.remove(who.account.id, id)
    response.json({ removed: id })
  })
  return router
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
