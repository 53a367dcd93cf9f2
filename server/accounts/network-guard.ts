import type { Request, RequestHandler } from 'express'
import { TooManyTries } from '../errors.ts'
import type { Alarm } from './alarm.ts'

export interface NetworkGuardParts {
  alarm: Pick<Alarm, 'raise'>
  /** Counts a try of the network that sent a request. 0: go on; else the seconds after which to try again. */
  networkWait(request: Request): number
}

/** Stands before every route that takes a password, a code or the token of a link: one network has so many tries. */
export function networkGuard(parts: NetworkGuardParts): RequestHandler {
  return (request, _response, next) => {
    const wait = parts.networkWait(request)
    if (wait === 0) return next()
    parts.alarm.raise({ kind: 'sign-in', actor: 'nobody' })
    throw new TooManyTries(wait)
  }
}
