import { Router, type Request } from 'express'
import { UserError } from '../errors.ts'
import type { AuditLogTable } from '../store/tables.ts'
import { AUDIT_ACTIONS, type AuditAction } from './entry.ts'
import type { AuditLog } from './log.ts'
import type { AuditVerification } from './verify.ts'

const MAX_ROWS = 500

/**
 * `GET /api/audit?limit=100&before=<seq>&action=…&site=…&actor=…`: the log from the newest row back, and the signed head,
 * which shows rows that are cut off later when it is kept elsewhere. `GET /api/audit/verify`: whether it is as it was
 * written.
 */
export function createAuditRouter(parts: {
  audit: AuditLog
  verify: () => Promise<AuditVerification>
  authorize: (request: Request) => unknown
}): Router {
  const router = Router()
  router.get('/api/audit', async (request, response) => {
    parts.authorize(request)
    const limit = whole(request.query['limit'], 'limit', 100, MAX_ROWS)
    const before = whole(request.query['before'], 'before', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    const [action, site, actor] = ['action', 'site', 'actor'].map((name) => request.query[name])
    const rows = await parts.audit.list({
      limit,
      before,
      action: action === undefined ? undefined : actionOf(action),
      site: typeof site === 'string' ? site : undefined,
      actor: typeof actor === 'string' ? actor : undefined,
    })
    response.set('cache-control', 'no-store').json({
      rows: rows.map(shownRow),
      head: parts.audit.head() ?? null,
      key: parts.audit.publicKey,
    })
  })
  // It reads all of the log: whoever asks meanwhile is told what comes of the one that is under way.
  let underWay: Promise<AuditVerification> | undefined
  router.get('/api/audit/verify', async (request, response) => {
    parts.authorize(request)
    underWay ??= parts.verify().finally(() => {
      underWay = undefined
    })
    const { rows, head, faults } = await underWay
    response.set('cache-control', 'no-store').json({ rows, faults, head: head ?? null })
  })
  return router
}

function actionOf(text: unknown): AuditAction {
  const action = AUDIT_ACTIONS.find((known) => known === text)
  if (action === undefined) {
    throw new UserError(`There is no such action: it is one of ${AUDIT_ACTIONS.join(', ')}.`)
  }
  return action
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
