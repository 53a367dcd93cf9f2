import { randomBytes } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import type { Site } from '../../../schema/site.ts'
import { createPreview, type Previewed } from './route.ts'

/**
 * Manifests that somebody is editing, each with a page on which its banner stands: `/policy-preview/<id>/stage`. The page
 * is shown in a frame that has no session and no storage, so the id, 128 random bits, is all that it is asked by. In
 * memory, and gone within a quarter of an hour.
 */
export interface Drafts {
  /** Answers the address of its page, relative to the dashboard's. */
  keep(site: Site, previewed: Previewed): string
  /** Answers below `/policy-preview/<id>`; throws UserError 404 for a draft that is gone. */
  serve: RequestHandler<{ id: string }>
}

const LIFE_MS = 15 * 60_000
/** Each is a manifest of at most some 100 KiB; beyond it the oldest goes. */
const MAX_DRAFTS = 20

interface Draft {
  readonly preview: ReturnType<typeof createPreview>
  readonly endsAt: number
}

export function createDrafts({ clock }: { clock: Pick<Clock, 'now'> }): Drafts {
  // In the order in which they were kept.
  const drafts = new Map<string, Draft>()
  return {
    keep: (site, previewed) => {
      const now = clock.now()
      for (const [id, { endsAt }] of drafts) {
        if (now >= endsAt || drafts.size >= MAX_DRAFTS) drafts.delete(id)
      }
      const id = randomBytes(16).toString('base64url')
      const preview = createPreview({ site, source: 'draft', previewed: () => previewed })
      drafts.set(id, { preview, endsAt: now + LIFE_MS })
      return `policy-preview/${id}/stage`
    },
    serve: (request, response) => {
      const draft = drafts.get(request.params.id)
      if (!draft || clock.now() >= draft.endsAt) {
        throw new UserError('This draft is shown no more: check it again.', 404)
      }
      response.removeHeader('x-frame-options')
      draft.preview(request, response)
    },
  }
}
