import { Router, type Request } from 'express'
import type { SmsParts } from '../../../sms/index.ts'
import type { Actor } from '../../audit/entry.ts'
import { UserError } from '../../errors.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { COLUMNS, type Cells } from './rows.ts'
import { importList, type ImportRequest, type RowFault } from './run.ts'

/** Bad rows that an answer tells one by one; the others are counted. */
const TOLD_FAULTS = 1_000

export interface ImportRouterParts {
  readonly sms: SmsParts
  /** The site of the program, and who loads a list into it; throws UserError for whoever may not. */
  authorize(request: Request, domain: string): { readonly siteId: number; readonly actor: Actor }
}

/**
 * `POST /sms/import?site=<domain>&program=<name>` with a list as `text/csv`; `dry-run` tells what would come of it. What
 * holds for all rows stands beside it: `provenance`, `source`, `disclosure_version` and so on.
 */
export function createImportRouter({ sms, authorize }: ImportRouterParts): Router {
  const router = Router()
  router.post('/sms/import', sameOriginOnly, async (request, response) => {
    const { query } = request
    const { siteId, actor } = authorize(request, textOf(query['site']))
    const program = await sms.programs.byName(sms.store.db, siteId, textOf(query['program']))
    if (!program) throw new UserError('This site has no such program: name one in `program`.', 404)
    if (request.is('text/csv') === false) {
      throw new UserError('Send the list with the header content-type: text/csv.', 415)
    }
    const faults: RowFault[] = []
    const result = await importList(sms, {
      program,
      source: request as AsyncIterable<Buffer>,
      defaults: defaultsOf((column) => query[column]),
      isDryRun: query['dry-run'] !== undefined && query['dry-run'] !== 'false',
      actor: actor as ImportRequest['actor'],
      onFault: (fault) => {
        if (faults.length < TOLD_FAULTS) faults.push(fault)
      },
    })
    response.set('cache-control', 'no-store').json({ ...result, faults })
  })
  return router
}

/** What holds for all rows; a number and the day on which somebody signed are theirs alone. */
export function defaultsOf(given: (column: string) => unknown): Cells {
  const cells: Partial<Record<keyof Cells, string>> = {}
  for (const column of COLUMNS) {
    const value = column === 'number' || column === 'collected_at' ? undefined : given(column)
    if (typeof value === 'string') cells[column] = value
  }
  return cells
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
