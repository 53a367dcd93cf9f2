import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { TooManyTries, UserError } from '../errors.ts'
import { describe, type Log } from '../log.ts'

/**
 * The last station of a request that failed. A fault the caller can mend is told in one sentence; anything else gets an id
 * that is also in the log.
 */
export function answerErrors(
  log: Pick<Log, 'error'>,
): (error: unknown, request: Request, response: Response, next: NextFunction) => void {
  return (error, _request, response, next) => {
    if (response.headersSent) next(error)
    else answerError(error, response, log)
  }
}

function answerError(error: unknown, response: Response, log: Pick<Log, 'error'>): void {
  response.set('cache-control', 'no-store')
  if (error instanceof TooManyTries) response.set('retry-after', String(error.retryAfterSeconds))
  if (error instanceof UserError) {
    response.status(error.status).json({ error: error.message })
    return
  }
  const status = clientFault(error)
  if (status !== undefined) {
    response.status(status).json({ error: UNREADABLE[status] ?? UNREADABLE[400] })
    return
  }
  const id = randomUUID()
  log.error({ id, err: describe(error) }, 'a request failed')
  response.status(500).json({ error: `Something broke inside sluice: tell its owner the id ${id}.`, id })
}

/** What is wrong with a body or an address that cannot be read, by the status of who tried. */
const UNREADABLE: Readonly<Record<number, string>> = {
  400: 'The request could not be read: check its address, and send a whole form or valid JSON.',
  413: 'The request is larger than what this address takes: send less at once.',
  415: 'The request is packed or written in a way that is not read here: send UTF-8, plain or packed with gzip.',
}

/** The body parser's own errors carry a status of the 400s. */
function clientFault(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}
