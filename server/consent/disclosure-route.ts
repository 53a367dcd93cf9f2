import { Router, type Request } from 'express'
import type { Site } from '../../schema/site.ts'
import { bodyOf } from '../accounts/bodies.ts'
import { jsonBody, textOf, textOrEmpty } from '../accounts/body.ts'
import { checkDisclosure, type Disclose, type DisclosedBy } from './disclosure.ts'

/**
 * `POST /api/disclosures` with `site`, `receipt`, `from`, `to`, `basis` and `reason`: what is known of one subject, as
 * a file that is signed.
 */
export function createDisclosureRouter(parts: {
  disclose: Disclose
  /** The site, and who may disclose what is known of its subjects; else throws UserError. */
  authorize(request: Request, domain: string, reason: string | undefined): { site: Site; by: DisclosedBy }
}): Router {
  const router = Router()
  router.post('/api/disclosures', ...jsonBody, bodyOf('POST /api/disclosures'), async (request, response) => {
    const { site, by } = parts.authorize(request, textOrEmpty(request, 'site'), textOf(request, 'reason'))
    const asked = checkDisclosure({
      receipt: textOrEmpty(request, 'receipt'),
      from: textOrEmpty(request, 'from'),
      to: textOrEmpty(request, 'to'),
      basis: textOrEmpty(request, 'basis'),
    })
    response
      .set({
        'cache-control': 'no-store',
        'content-disposition': `attachment; filename="disclosure-${asked.from}-${asked.to}.json"`,
      })
      .json(await parts.disclose(asked, by, site.id))
  })
  return router
}
