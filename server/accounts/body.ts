import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import { UserError } from '../errors.ts'
import type { Shown } from './second-factor.ts'

/** Reads a small JSON object, and nothing else: a page of another site can send a form or plain text, but no JSON. */
export const jsonBody: RequestHandler[] = [
  (request: Request, _response: Response, next: NextFunction) => {
    if (!request.is('application/json')) {
      throw new UserError('Send JSON with the header content-type: application/json.', 415)
    }
    next()
  },
  express.json({ limit: '16kb' }),
]

/** The text of a field, undefined where there is none. Throws UserError for another type. */
export function textOf(request: Request, field: string): string | undefined {
  const value = valueOf(request, field)
  if (value === undefined || typeof value === 'string') return value
  throw new UserError(`The field ${field} must be a text.`)
}

/** The same; empty where there is none. */
export function textOrEmpty(request: Request, field: string): string {
  return textOf(request, field) ?? ''
}

/** What the browser answered for a passkey, or else the code that was typed. Throws UserError for another type. */
export function shownIn(request: Request): Shown {
  const passkey = valueOf(request, 'passkey')
  return passkey === undefined ? textOrEmpty(request, 'code') : { passkey }
}

/** The texts of a list, undefined where there is none. Throws UserError for another type. */
export function textsOf(request: Request, field: string): string[] | undefined {
  const value = valueOf(request, field)
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw new UserError(`The field ${field} must be a list of texts.`)
}

/** Whatever a field holds, undefined where there is none. Throws UserError where the body is no object. */
export function valueOf({ body }: Request, field: string): unknown {
  const object: unknown = body
  if (typeof object !== 'object' || object === null) throw new UserError('Send a JSON object.')
  return Object.hasOwn(object, field) ? (object as Record<string, unknown>)[field] : undefined
}
