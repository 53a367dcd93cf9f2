import { ServerResponse } from 'node:http'
import { sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, expect } from 'vitest'
import type { z } from 'zod'
import { ROUTES } from '../../server/openapi/routes.ts'

/**
 * Whatever a test is about: a good answer in JSON that a server in its process sends is held against what
 * `/api/openapi.json` says of its route, and a field that is missing, of another type or not described fails the test.
 * Not so in tests of pages: there servers of the process stand in for the product, with as much as a page needs.
 */

interface Described {
  readonly name: string
  readonly method: string
  readonly address: RegExp
  readonly shape: z.ZodType
}

/** Those with the fewest parameters first: `/api/sessions` is no session of the name. */
const described: readonly Described[] = Object.entries(ROUTES)
  .flatMap(([name, { answered }]) => {
    const [method = '', pattern = ''] = name.split(' ')
    const address = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    return answered ? [{ name, method, address, shape: answered }] : []
  })
  .toSorted((one, other) => parameters(one.name) - parameters(other.name))

const faults: string[] = []

function parameters(name: string): number {
  return name.split(':').length
}

function look(response: ServerResponse, body: unknown): void {
  if (expect.getState().testPath?.includes(`${sep}test${sep}browser${sep}`)) return
  // Headers that are written with the status are not to be had any more: those routes answer with JSON alone.
  const isJson = String(response.getHeader('content-type') ?? 'application/json').startsWith(
    'application/json',
  )
  if (response.statusCode >= 300 || !isJson || (typeof body !== 'string' && !Buffer.isBuffer(body))) return
  const {
    method,
    url = '',
    originalUrl = url,
  } = response.req as typeof response.req & { originalUrl?: string }
  const route = described.find(
    (one) => one.method === method && one.address.test(originalUrl.split('?')[0] ?? ''),
  )
  if (!route) return
  const answer: unknown = JSON.parse(String(body))
  const read = route.shape.safeParse(answer)
  if (!read.success) faults.push(`${route.name}: ${read.error.message}`)
  // What is not described is not in what was read.
  else if (!isDeepStrictEqual(read.data, answer)) {
    faults.push(`${route.name} answers more than is described: ${String(body).slice(0, 500)}`)
  }
}

// Files of a process share its modules, not what is set up for each.
const MARK = Symbol.for('sluice.described-answers')
const prototype = ServerResponse.prototype as ServerResponse & { [MARK]?: typeof look }
if (!prototype[MARK]) {
  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function (this: ServerResponse, ...given: unknown[]) {
    prototype[MARK]?.(this, given[0])
    return Reflect.apply(end, this, given) as ServerResponse
  }
}
prototype[MARK] = look

afterEach(() => {
  expect(faults.splice(0), 'answers are as /api/openapi.json describes them').toEqual([])
})
