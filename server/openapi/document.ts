import { z } from 'zod'
import type { DescribedRoute } from './described-route.ts'
import { bodyOfRoute, ROUTES } from './routes.ts'

/** The OpenAPI document of all routes, made of what they read with. It is the same for everybody. */

type Json = Record<string, unknown>

/** An answer that refuses: one sentence that says what is wrong and what to do. */
const FAULT = z.object({ error: z.string(), id: z.string().optional() })

const SECURITY: Readonly<Record<DescribedRoute['by'], readonly Json[]>> = {
  anybody: [{}],
  session: [{ session: [] }],
  query: [{ key: [] }, { session: [] }],
  admin: [{ key: [] }, { session: [] }],
  sms: [{ key: [] }, { session: [] }],
  ingest: [{ key: [] }],
}

export function openApiDocument(facts: { publicUrl: string; version: string }): Json {
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method = '', pattern = ''] = name.split(' ')
    const address = addressOf(pattern)
    paths[address] = { ...paths[address], [method.toLowerCase()]: operation(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: facts.version,
      summary: 'Website analytics and consent.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: facts.publicUrl }],
    paths,
    components: {
      schemas: { Fault: schemaOf(FAULT) },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'a key of a site: `sluice key create`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'sluice_session',
          description: 'the dashboard’s session',
        },
      },
    },
  }
}

/** `/api/keys/:id` as `/api/keys/{id}`. */
function addressOf(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, '{$1}')
}

function operation(name: string, route: DescribedRoute): Json {
  const { summary, tag, by, sentAs, status = 200, answer, examples } = route
  const body = bodyOfRoute(name)
  const content = route.answered
    ? { 'application/json': { schema: schemaOf(route.answered) } }
    : { [route.answeredAs]: { schema: { type: 'string' } } }
  return {
    operationId: idOf(name),
    summary,
    tags: [tag],
    security: SECURITY[by],
    parameters: [...pathParameters(name), ...queryParameters(route)],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          [sentAs ?? 'application/json']: { schema: schemaOf(body), ...(examples && examplesOf(examples)) },
        },
      },
    }),
    responses: {
      [status]: { description: answer, content },
      default: {
        description: 'a fault, in one sentence',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
      },
    },
  }
}

/** `POST /api/set-up/look` as `postApiSetUpLook`. */
function idOf(name: string): string {
  const [method = '', ...words] = name.split(/[^A-Za-z]+/).filter((word) => word !== '')
  return [
    method.toLowerCase(),
    ...words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`),
  ].join('')
}

function pathParameters(name: string): Json[] {
  return [...name.matchAll(/:(\w+)/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

/** A parameter whose value is an object is written as JSON. */
function queryParameters({ query, examples }: DescribedRoute): Json[] {
  if (!query) return []
  const { properties = {}, required = [] } = schemaOf(query) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([parameter, schema]): Json => {
    const isText = schema['type'] === 'string' || schema['type'] === 'integer'
    const asJson = { schema, ...(examples && examplesOf(examples)) }
    const shape = isText ? { schema } : { content: { 'application/json': asJson } }
    return Object.assign({ name: parameter, in: 'query', required: required.includes(parameter) }, shape)
  })
}

function examplesOf(examples: Readonly<Record<string, unknown>>): Json {
  return {
    examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
  }
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
