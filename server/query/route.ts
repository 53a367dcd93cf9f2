import express, { Router, type NextFunction, type Request, type Response } from 'express'
import type { Filter, QueryAnswer } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { TooManyTries, UserError } from '../errors.ts'
import { toCsv } from './csv.ts'
import { parseQuestion, shapeOf } from './parse.ts'
import { narrowed } from './narrowed.ts'
import type { Queries } from './run.ts'

export interface QueryRouterParts {
  queries: Queries
  /**
   * The site, if whoever sent the request may ask about it; else throws UserError: 401 nobody is known, 403 not this
   * site, 404 no such site.
   */
  authorize(request: Request, domain: string): Site | Promise<Site>
  /** Conditions that every question of whoever sent the request has besides its own. Absent: none. */
  conditions?(request: Request): readonly Filter[]
}

/** Largest question. Its filters travel to the database in an address of at most 1 MiB. */
const MAX_BODY = '64kb'

/** `POST /api/query` and `GET /api/query.csv?query=<the same JSON>`. Faults are answered as `{"error": "…"}`. */
export function createQueryRouter({ queries, authorize, conditions }: QueryRouterParts): Router {
  const router = Router()

  async function answer(
    request: Request,
    response: Response,
    input: unknown,
  ): Promise<QueryAnswer | undefined> {
    // Who may ask is found out before what is asked: nobody learns from faults what there is.
    const site = await authorize(request, domainOf(input))
    const query = narrowed(parseQuestion(input), conditions?.(request) ?? [])
    const gone = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(new Error('the caller has gone'))
    })
    try {
      return await queries.run(site, query, gone.signal)
    } catch (error) {
      if (gone.signal.aborted) return undefined
      throw error
    }
  }

  router.use(['/api/query', '/api/query.csv'], (_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    next()
  })

  router.post(
    '/api/query',
    onlyJson,
    express.json({ limit: MAX_BODY, strict: false }),
    async (request, response) => {
      const answered = await answer(request, response, request.body)
      if (answered) response.json(answered)
    },
  )

  router.get('/api/query.csv', async (request, response) => {
    const input = readJson(request.query['query'])
    const answered = await answer(request, response, input)
    if (!answered) return
    response.set({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${fileName(answered)}"`,
    })
    response.send(toCsv(answered, shapeOf(parseQuestion(input))))
  })

  router.all('/api/query', (request, response) => refuseMethod(request, response, 'POST'))
  router.all('/api/query.csv', (request, response) => refuseMethod(request, response, 'GET'))

  router.use(['/api/query', '/api/query.csv'], answerFault)
  return router
}

function domainOf(input: unknown): string {
  const site = typeof input === 'object' && input !== null && 'site' in input ? input.site : undefined
  return typeof site === 'string' ? site : ''
}

function onlyJson(request: Request, _response: Response, next: NextFunction): void {
  // A page of another site can send a form or plain text in a visitor's name, but no JSON.
  if (!request.is('application/json')) {
    throw new UserError('Send the question as JSON with the header content-type: application/json.', 415)
  }
  next()
}

function readJson(text: unknown): unknown {
  if (typeof text !== 'string') {
    throw new UserError(
      'Give the question as JSON in the parameter query, such as ?query={"site":"example.com"}.',
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError('The parameter query is no valid JSON.')
  }
}

function fileName({ meta }: QueryAnswer): string {
  return `sluice-${meta.from}-${meta.to}.csv`
}

function refuseMethod(request: Request, response: Response, allowed: string): void {
  response.set('allow', allowed)
  throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
}

/** One sentence for what the caller can mend; the application answers the rest. */
function answerFault(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const fault = error instanceof UserError ? error : bodyFault(error)
  if (!fault || response.headersSent) {
    next(error)
    return
  }
  if (fault.status === 503) response.set('retry-after', '5')
  if (fault instanceof TooManyTries) response.set('retry-after', String(fault.retryAfterSeconds))
  response.status(fault.status).json({ error: fault.message })
}

/** Faults of Express's body parser, by the type it gives them. */
function bodyFault(error: unknown): UserError | undefined {
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  if (type === 'entity.too.large')
    return new UserError(`The question is longer than ${MAX_BODY}: shorten its filters.`, 413)
  if (type === 'entity.parse.failed') return new UserError('The question is no valid JSON.')
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new UserError('Send the question as plain UTF-8 JSON.', 415)
  }
  return undefined
}
