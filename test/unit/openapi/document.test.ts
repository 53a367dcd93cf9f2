import { describe, expect, it } from 'vitest'
import { DIMENSIONS, DROP_DIMENSIONS, METRICS } from '../../../schema/query.ts'
import { parseEnvelope } from '../../../server/collect/parse.ts'
import { parseConsent } from '../../../server/consent/parse.ts'
import { openApiDocument } from '../../../server/openapi/document.ts'
import { bodyOfRoute, ROUTES } from '../../../server/openapi/routes.ts'
import { readDeskBody } from '../../../server/sms/desk/wire.ts'
import { parseQuestion } from '../../../server/query/parse.ts'

type Json = Record<string, unknown>

const document = openApiDocument({ publicUrl: 'https://stats.example.com', version: '1.2.3' })

interface Operation {
  operationId: string
  tags: string[]
  security: Json[]
  parameters: { name: string; in: string; required: boolean; schema?: Json; content?: Json }[]
  requestBody?: { content: Record<string, { schema: Json; examples?: Record<string, { value: unknown }> }> }
  responses: Record<string, { description: string; content: Json }>
}

function operations(): [path: string, method: string, operation: Operation][] {
  return Object.entries(document['paths'] as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
        path,
        method,
        operation,
      ]),
  )
}

/** Everything within a value, with the value. */
function within(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value]
  return [value, ...Object.values(value).flatMap(within)]
}

function at(reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document)
}

describe('the OpenAPI document', () => {
  it('R9.1 is one of OpenAPI 3.1 by its structure', () => {
    expect(Object.keys(document)).toEqual(['openapi', 'info', 'servers', 'paths', 'components'])
    expect(document['openapi']).toBe('3.1.0')
    expect(document['info']).toMatchObject({ title: 'Sluice', version: '1.2.3' })
    const schemes = Object.keys((document['components'] as { securitySchemes: Json }).securitySchemes)
    for (const [path, method, operation] of operations()) {
      expect(path).toMatch(/^\/[\w./{}-]*$/)
      expect(['get', 'post', 'put', 'patch', 'delete']).toContain(method)
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]),
      )
      for (const parameter of operation.parameters) {
        expect(Number('schema' in parameter) + Number('content' in parameter)).toBe(1)
      }
      const statuses = Object.keys(operation.responses)
      expect(statuses.filter((status) => /^[23]\d\d$/.test(status))).toHaveLength(1)
      expect(statuses).toContain('default')
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
      for (const asked of operation.security)
        for (const name of Object.keys(asked)) expect(schemes).toContain(name)
      if (method === 'get') expect(operation.requestBody).toBeUndefined()
    }
    const ids = operations().map(([, , { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const references = within(document).flatMap((value) =>
      typeof value === 'object' && value !== null && '$ref' in value ? [String(value.$ref)] : [],
    )
    expect(references.length).toBeGreaterThan(10)
    for (const reference of references) expect([reference, at(reference)]).not.toEqual([reference, undefined])
    // A JSON document, without what JSON would lose.
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })

  it('R9.1 says of a question what its validator takes', () => {
    const [, , { requestBody }] = operations().find(([path]) => path === '/api/query') ?? [
      '',
      '',
      {} as Operation,
    ]
    const schema = requestBody?.content['application/json']?.schema as { anyOf: { properties: Json }[] }
    const [events, , drops, funnel, flow] = schema.anyOf.map(({ properties }) => properties)
    expect(events?.['metrics']).toMatchObject({ items: { enum: [...METRICS] } })
    expect(within(events?.['breakdown'])).toEqual(
      expect.arrayContaining([...DIMENSIONS, '^prop:[A-Za-z][\\w-]*$']) as unknown[],
    )
    expect(drops?.['breakdown']).toMatchObject({ enum: [...DROP_DIMENSIONS] })
    expect(funnel?.['funnel']).toMatchObject({ type: 'array', minItems: 2, maxItems: 10 })
    expect(Object.keys(flow ?? {})).toEqual(['site', 'period', 'filters', 'flow', 'limit'])
  })

  it('R9.1 has examples that are taken', () => {
    const parsers: Readonly<Record<string, (example: unknown) => unknown>> = {
      'POST /api/query': parseQuestion,
      'GET /api/query.csv': parseQuestion,
      'POST /e': (example) => parseEnvelope(JSON.stringify(example)),
      'POST /c': (example) => parseConsent(JSON.stringify(example)),
      'POST /sms/messages': (example) => readDeskBody('POST /sms/messages', example),
      'POST /sms/opt-out': (example) => readDeskBody('POST /sms/opt-out', example),
    }
    let taken = 0
    for (const [name, { examples = {} }] of Object.entries(ROUTES)) {
      for (const example of Object.values(examples)) {
        expect(() => parsers[name]?.(example)).not.toThrow()
        const body = bodyOfRoute(name)
        if (body) expect(body.safeParse(example).error).toBeUndefined()
        expect(parsers[name]).toBeDefined()
        taken++
      }
    }
    expect(taken).toBeGreaterThan(12)
  })

  it('is written for the address that it is reached at', () => {
    expect(document['servers']).toEqual([{ url: 'https://stats.example.com' }])
  })
})
