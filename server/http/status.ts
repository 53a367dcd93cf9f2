import { Router, type Request } from 'express'
import type { PipelineStatus } from '../../schema/status.ts'
import { UserError } from '../errors.ts'
import type { Metrics } from '../metrics.ts'

export interface StatusParts {
  metrics: Pick<Metrics, 'value'>
  /** Whether events can be kept now. */
  canAccept: () => boolean
  /** ISO time up to which accepted events are in the table. */
  freshness: () => string
  /** Throws UserError where whoever asks may not know. */
  authorize(request: Request, domain: string): unknown
}

/** `GET /api/status?site=<domain>`: how what was accepted gets into the numbers, without a person in it. */
export function createStatusRouter({ metrics, canAccept, freshness, authorize }: StatusParts): Router {
  const router = Router()
  router.get('/api/status', (request, response) => {
    const { site } = request.query
    if (typeof site !== 'string') throw new UserError('Name the site: /api/status?site=example.com.')
    authorize(request, site)
    const status: PipelineStatus = {
      freshness: freshness(),
      spool: {
        accepts: canAccept(),
        bytes: metrics.value('sluice_spool_bytes'),
        waiting: metrics.value('sluice_loader_backlog_rows'),
        lost: metrics.value('sluice_spool_lost_records_total'),
      },
      loader: {
        deadLetters: metrics.value('sluice_loader_dead_rows_total'),
        twice: metrics.value('sluice_loader_surplus_rows_total'),
      },
      rollups: {
        sealed: metrics.value('sluice_sealed_days'),
        waiting: metrics.value('sluice_seal_waiting_days'),
        failures: metrics.value('sluice_seal_failures_total'),
        audits: metrics.value('sluice_rollup_audits_total'),
        differences: metrics.value('sluice_rollup_differences_total'),
      },
      sharedAddress: metrics.value('sluice_shared_address') > 0,
    }
    response.set('cache-control', 'no-store').json(status)
  })
  return router
}
