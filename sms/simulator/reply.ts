import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from './json.ts'

/** A request, read. */
export interface Call {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What the path's pattern names. */
  readonly params: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly json?: JsonObject
  /** In place of JSON. */
  readonly csv?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What the API refuses: its codes are what clients go by. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** The parameter that is at fault. */
  readonly parameter: string | undefined
  constructor(status: number, code: string, message: string, parameter?: string) {
    super(message)
    this.status = status
    this.code = code
    this.parameter = parameter
  }
}

/** The body of an error: the newer list, and the older fields beside it. */
export function errorReply({ status, code, message, parameter }: ApiError): Reply {
  const parameterName = parameter
  return {
    status,
    json: {
      errorCode: code,
      message,
      ...(parameterName !== undefined && { parameterName }),
      errors: [{ errorCode: code, message, ...(parameterName !== undefined && { parameterName }) }],
    },
  }
}

/** Reads a body of JSON that must be an object. */
export function readJson({ body }: Pick<Call, 'body'>): Record<string, unknown> {
  let read: unknown
  try {
    read = JSON.parse(body.toString('utf8'))
  } catch {
    throw new ApiError(400, 'CMN-100', 'Parameter [body] is invalid: it is no JSON', 'body')
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new ApiError(400, 'CMN-100', 'Parameter [body] is invalid: it is no object', 'body')
  }
  return read as Record<string, unknown>
}

/** A field of JSON, or undefined where it is nothing that fields can be read of. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** All values of a parameter of the query, given several times or separated by commas. */
export function listOf(query: URLSearchParams, name: string): string[] {
  return (
    query
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '')
      // A plus sign that was not encoded arrives as a space.
      .map((value) => value.replace(/^ /, '+'))
  )
}
