import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Site } from '../../../../schema/site.ts'
import { createPolicyAdminRouter } from '../../../../server/consent/policy/admin-route.ts'
import { createPolicies, type Policies } from '../../../../server/consent/policy/policies.ts'
import { UserError } from '../../../../server/errors.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import { movedClock, openedStore } from '../../store/opened.ts'
import { manifest, service } from './manifests.ts'

interface Asked {
  status: number
  body: Record<string, unknown>
}

async function scene(): Promise<{
  policies: Policies
  site: Site
  ask(path: string, init?: RequestInit): Promise<Asked>
}> {
  const [store, clock] = [await openedStore(), movedClock()]
  const site = await createSites({ store, clock }).add({ domain: 'example.com' })
  const policies = createPolicies({ store, clock })
  const app = express()
  app.use(
    createPolicyAdminRouter({
      policies,
      publicUrl: 'https://stats.example.org/_s',
      authorize: (request, domain) => {
        if (request.headers.authorization !== 'Bearer key') throw new UserError('Sign in.', 401)
        if (domain !== site.domain) throw new UserError('Not this site.', 403)
        return site
      },
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof UserError) response.status(error.status).json({ error: error.message })
    else next(error)
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const ask = async (path: string, init: RequestInit = {}): Promise<Asked> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/sites/${path}`, {
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      ...init,
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { policies, site, ask }
}

const put = (json: unknown): RequestInit => ({ method: 'PUT', body: JSON.stringify(json) })

describe('the API of the policy', () => {
  it('shows the version in force, with what is to be said of it', async () => {
    const { ask, policies, site } = await scene()
    const { body } = await ask('example.com/policy')
    expect(body).toMatchObject({ revision: 1, published: null, manifest: policies.current(site).manifest })
    expect(body['findings']).toEqual([expect.objectContaining({ kind: 'warning', place: 'controller' })])
  })

  it('publishes what it showed, changed, and says who is asked again', async () => {
    const { ask, policies, site } = await scene()
    await ask('example.com/policy', put(manifest()))
    const shown = (await ask('example.com/policy')).body['manifest'] as { services: unknown[] }
    const { status, body } = await ask(
      'example.com/policy',
      put({ ...shown, services: [...shown.services, service()] }),
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({ revision: 3, askedAgain: ['functionality'], findings: [] })
    expect(policies.current(site).revision).toBe(3)
    const again = await ask('example.com/policy', put(policies.current(site).manifest))
    expect(again.body).toMatchObject({ revision: 3, askedAgain: [] })
    const history = (await ask('example.com/policy/history')).body['versions'] as { revision: number }[]
    expect(history.map(({ revision }) => revision)).toEqual([3, 2, 1])
  })

  it('tells of every consent state what it means for a page', async () => {
    const { ask } = await scene()
    await ask('example.com/policy', put(manifest({ services: [service()] })))
    const { body } = await ask('example.com/policy/states')
    const states = body['states'] as {
      granted: string[]
      contentSecurityPolicy: string
      consentMode: { google: Record<string, string> }
      sweep: { category: string }[]
    }[]
    expect(states).toHaveLength(8)
    expect(new Set(states.map(({ granted }) => granted.join())).size).toBe(8)
    for (const { granted, contentSecurityPolicy, consentMode, sweep } of states) {
      const isGranted = granted.includes('functionality')
      expect(contentSecurityPolicy).toContain("script-src 'self' https://stats.example.org")
      expect(contentSecurityPolicy.includes('maps.example.net')).toBe(isGranted)
      expect(consentMode.google['functionality_storage']).toBe(isGranted ? 'granted' : 'denied')
      expect(sweep.some(({ category }) => category === 'functionality')).toBe(!isGranted)
    }
  })

  it('refuses with every reason, and publishes nothing', async () => {
    const { ask, policies, site } = await scene()
    const { status, body } = await ask(
      'example.com/policy',
      put(manifest({ services: [service({ hosts: ['*', '?'] })] })),
    )
    expect(status).toBe(400)
    expect(body['error']).toMatch(/^The manifest is refused \(and 1 more\): services\[0\]\.hosts\[0\]/)
    expect(body['findings']).toHaveLength(2)
    expect((await ask('example.com/policy', put([]))).status).toBe(400)
    expect(policies.current(site).revision).toBe(1)
  })

  it('asks who it is before it reads what is sent, for every address', async () => {
    const { ask } = await scene()
    const headers = { 'content-type': 'application/json' }
    for (const path of ['example.com/policy', 'example.com/policy/history', 'example.com/policy/states']) {
      expect((await ask(path, { headers })).status).toBe(401)
    }
    expect((await ask('example.com/policy', { method: 'PUT', headers, body: '{' })).status).toBe(401)
    for (const init of [{}, put(manifest())])
      expect((await ask('other.example/policy', init)).status).toBe(403)
  })

  it('takes JSON only, which no page of another site can send', async () => {
    const { ask } = await scene()
    const headers = { authorization: 'Bearer key', 'content-type': 'text/plain' }
    expect((await ask('example.com/policy', { method: 'PUT', headers, body: '{}' })).status).toBe(415)
    expect((await ask('example.com/policy', { method: 'DELETE' })).status).toBe(405)
    expect((await ask('example.com/policy/history', { method: 'POST' })).status).toBe(405)
  })
})
