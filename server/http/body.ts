import type { IncomingMessage } from 'node:http'

/** Why a body was not read: it is larger than allowed, or the sender went away. */
export type BodyFault = 'too-large' | 'aborted'

/**
 * Reads a request body up to `limit` bytes and calls back once. Past the limit nothing more is kept: the rest of the
 * body is never in memory. A callback rather than a promise, since this runs for every event of every site.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (fault: BodyFault | undefined, body: Buffer) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) return done('too-large', EMPTY)
  let size = 0
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let over = false
  const finish = (fault: BodyFault | undefined): void => {
    if (over) return
    over = true
    done(fault, fault || !first ? EMPTY : rest ? Buffer.concat([first, ...rest]) : first)
  }
  request.on('data', (chunk: Buffer) => {
    if (over) return
    size += chunk.length
    if (size > limit) finish('too-large')
    else if (!first) first = chunk
    else (rest ??= []).push(chunk)
  })
  request.on('end', () => finish(undefined))
  request.on('close', () => finish('aborted'))
}

const EMPTY = Buffer.alloc(0)
