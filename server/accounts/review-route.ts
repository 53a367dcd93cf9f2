import { Router } from 'express'
import type { Clock } from '../clock.ts'
import type { Sites } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { Access } from './access.ts'
import type { Accounts } from './accounts.ts'
import type { KeyRing } from './keys.ts'
import { reviewAccess, reviewCsv } from './review.ts'

/** `GET /api/access-review` and the same as `/api/access-review.csv`. */
export function createReviewRouter(parts: {
  access: Access
  store: Pick<Store, 'db' | 'readRows'>
  accounts: Accounts
  keys: KeyRing
  sites: Sites
  clock: Clock
}): Router {
  const { access } = parts
  const router = Router()
  router.use(['/api/access-review', '/api/access-review.csv'], (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })
  router.get('/api/access-review', async (request, response) => {
    access.installation(request, 'accounts.read')
    response.json(await reviewAccess(parts))
  })
  router.get('/api/access-review.csv', async (request, response) => {
    access.installation(request, 'accounts.read')
    const review = await reviewAccess(parts)
    response.set({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="sluice-access-${review.made.slice(0, 10)}.csv"`,
    })
    response.send(reviewCsv(review))
  })
  return router
}
