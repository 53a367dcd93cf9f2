import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { onTestFinished } from 'vitest'
import type { ConsentDecision } from '../../../../schema/consent.ts'
import type { PolicyManifest, PolicyVersion } from '../../../../schema/policy.ts'
import type { Site } from '../../../../schema/site.ts'
import { withOwnServices } from '../../../../server/consent/policy/own-services.ts'
import { hashOf } from '../../../../server/consent/policy/policies.ts'
import { createPolicyRouter } from '../../../../server/consent/policy/route.ts'
import { UserError } from '../../../../server/errors.ts'
import { securityHeaders } from '../../../../server/http/security.ts'
import { manifest, service } from './manifests.ts'

export const SITE: Site = {
  id: 1,
  domain: 'example.com',
  timezone: 'UTC',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 5,
  minimumGroupScope: 'close',
  properties: [],
  traits: [],
  goals: [],
}
export const NOW = Date.UTC(2026, 10, 24, 10)
export const TOKEN = 'a-token'
export const FIRST_PARTY = { host: 'example.com' }

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

export interface RigOptions {
  publicUrl?: string
  domain?: string
}

/** The routes of the policy on a server of their own; what they would decide is written down. */
export interface Rig {
  inForce: PolicyVersion
  readonly decisions: ConsentDecision[]
  readonly port: number
  /** Answers every decision with this. */
  outdated: boolean
  publish(of: PolicyManifest): void
  /** A request with any Host, which fetch does not let one choose. */
  ask(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answer>
}

/** In France anonymous statistics run. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { publicUrl = 'https://stats.example.org', domain = SITE.domain } = options
  const site = { ...SITE, domain }
  const app = express()
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => stop(server))
  const { port } = server.address() as AddressInfo
  const rig: Rig = {
    inForce: versionOf(manifest({ services: [service()], policyUrl: 'https://example.com/privacy' })),
    decisions: [],
    port,
    outdated: false,
    publish: (of) => {
      rig.inForce = versionOf(of)
    },
    ask: (path, asked) => ask(port, path, asked),
  }
  app.use(securityHeaders({ https: publicUrl.startsWith('https:') }))
  app.use(
    createPolicyRouter({
      sites: { find: (name) => (name === domain ? site : undefined) },
      policies: { current: () => rig.inForce },
      clock: { now: () => NOW },
      publicUrl,
      isAnonymous: (request) => request.headers['x-country'] === 'FR',
      decide: async (_request, _site, decision) => {
        rig.decisions.push(decision)
        if (rig.outdated) return { kind: 'outdated', revision: 3 }
        const { granted } = decision
        const answer = { revision: 2, granted, until: '2027-05-25', sweep: [], keep: [] }
        return { kind: 'answer', answer: granted.length > 0 ? { ...answer, token: TOKEN } : answer }
      },
      expire: () => ['_ga=; Max-Age=0; Path=/'],
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof UserError) response.status(error.status).json({ error: error.message })
    else next(error)
  })
  return rig
}

function versionOf(of: PolicyManifest): PolicyVersion {
  const whole = withOwnServices(of)
  const since = { performance: 2, functionality: 2, targeting: 2 }
  return { revision: 2, hash: hashOf(whole), manifest: whole, publishedAt: NOW, since }
}

async function stop(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
