import { Router, type Request } from 'express'
import { UserError } from '../errors.ts'
import type { AuditLogTable } from '../store/tables.ts'
import type { AuditLog } from './log.ts'

const MAX_ROWS = 500

/**
 * `GET /api/audit?limit=100&before=<seq>`: the log from the newest row back, and the signed head, which shows rows that
 * are cut off later when it is kept elsewhere.
 */
export function createAuditRouter(parts: {
  audit: AuditLog
  authorize: (request: Request) => unknown
}): Router {
  const router = Router()
  router.get('/api/audit', async (request, response) => {
    parts.authorize(request)
    const limit = whole(request.query['limit'], 'limit', 100, MAX_ROWS)
    const before = whole(request.query['before'], 'before', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    const rows = await parts.audit.list({ limit, before })
    response.set('cache-control', 'no-store').json({
      rows: rows.map(shownRow),
      head: parts.audit.head() ?? null,
      key: parts.audit.publicKey,
    })
  })
  return router
}

function shownRow(row: AuditLogTable): object {
  const { seq, time, actor, action, subject, site, reason, detail, prev_hash: previous, row_hash: hash } = row
  return {
    seq,
    time,
    actor,
    action,
    subject,
    site,
    reason,
    detail: JSON.parse(detail) as object,
    previous,
    hash,
  }
}

function whole(text: unknown, name: string, ordinary: number, most: number): number {
  if (text === undefined) return ordinary
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= most) return number
  throw new UserError(`${name} must be a whole number from 1 to ${most}.`)
}
