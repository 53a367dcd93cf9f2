import { Router, type Request } from 'express'
import type { Site } from '../../../schema/site.ts'
import type { Desks } from '../../../sms/index.ts'
import type { Permission } from '../../accounts/roles.ts'
import { UserError } from '../../errors.ts'
import { readBody } from '../../http/body.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { good, siteInQuery } from './route.ts'

export interface MediaRouterParts {
  readonly desks: Desks
  /** The site, if whoever sent the request may do this to it; else throws UserError. */
  authorize(request: Request, permission: Permission, domain: string): Site
}

/** A little more than a message carries, so that what is too large is told by the size that may be. */
const MOST_BYTES = 1_600_000

/** `POST /sms/media?site=` takes a picture, as it is; `GET /sms/media/<id>?site=` shows it to whoever decides about it. */
export function createMediaRouter({ desks, authorize }: MediaRouterParts): Router {
  const router = Router()
  router.post('/sms/media', sameOriginOnly, async (request, response) => {
    const site = authorize(request, 'sms.send', siteInQuery(request))
    // A page of another site can send a form or plain text, but no picture.
    if (!/^image\//i.test(request.headers['content-type'] ?? '')) {
      throw new UserError('Send the picture with its type, like the header content-type: image/jpeg.', 415)
    }
    const { id, type, bytes } = good(await desks.addPicture(site.id, await bytesOf(request)))
    response.status(201).set('cache-control', 'no-store').json({ id, type, bytes })
  })
  router.get('/sms/media/:id', sameOriginOnly, async (request, response) => {
    const site = authorize(request, 'sms.review', siteInQuery(request))
    const { id } = request.params
    const { type, content } = good(await desks.picture(site.id, typeof id === 'string' ? id : ''))
    response.set({ 'cache-control': 'no-store', 'content-type': type }).send(Buffer.from(content))
  })
  return router
}

function bytesOf(request: Request): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readBody(request, MOST_BYTES, (fault, body) => {
      if (fault === undefined) resolve(body)
      else if (fault === 'too-large') {
        reject(
          new UserError(
            'The picture is larger than 1.5 MB, which is the most a message carries: make it smaller.',
            413,
          ),
        )
      } else reject(new UserError('The picture did not arrive whole: send it again.'))
    })
  })
}
