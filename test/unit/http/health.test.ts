import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler } from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { createHealthRouter } from '../../../server/http/health.ts'
import { createMetrics } from '../../../server/metrics.ts'

describe('health', () => {
  const state = { answered: false, accepting: true, database: true, store: true, asked: 0 }
  let server: Server
  let url: string
  beforeEach(async () => {
    Object.assign(state, { answered: false, accepting: true, database: true, store: true, asked: 0 })
    const metrics = createMetrics()
    metrics.dropped.bot = 7
    const app = express()
    app.use(
      createHealthRouter({
        metrics,
        hasAnswered: () => state.answered,
        canAccept: () => state.accepting,
        reachesStore: () => state.store,
        askDatabase: () => {
          state.asked++
          return Promise.resolve(state.database)
        },
        mayReadMetrics: ({ headers }) => headers.authorization === 'Bearer good',
      }),
    )
    const refuse: ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(error instanceof UserError ? error.status : 500).end()
    }
    app.use(refuse)
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.close()
    await once(server, 'close')
  })

  it('is not ready before the database gave its first answer', async () => {
    state.database = false
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    state.database = true
    state.answered = true
    expect((await fetch(`${url}/ready`)).status).toBe(200)
  })

  it.each([
    [{ database: false }, { database: 'unreachable', store: 'answering' }],
    [{ store: false }, { database: 'answering', store: 'unreachable' }],
  ])('stays ready when a database goes away later, and says so in the body: %o', async (away, said) => {
    Object.assign(state, { answered: true, ...away })
    const answer = await fetch(`${url}/ready`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ ready: true, spool: 'accepting', ...said })
  })

  it('is not ready while events cannot be kept', async () => {
    Object.assign(state, { answered: true, accepting: false })
    const answer = await fetch(`${url}/ready`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ ready: false, spool: 'full' })
  })

  it('asks the database once for many probes within a second', async () => {
    state.answered = true
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/ready`)))
    expect(state.asked).toBe(1)
  })

  it('tells metrics to this machine, to others only with a key', async () => {
    const metrics = (headers: Record<string, string>) => fetch(`${url}/metrics`, { headers })
    expect(await (await metrics({})).text()).toContain('sluice_events_dropped_total{reason="bot"} 7')
    // What comes through a proxy is not from this machine, though its peer is.
    expect((await metrics({ 'x-forwarded-for': '81.2.69.142' })).status).toBe(401)
    expect((await metrics({ forwarded: 'for=81.2.69.142' })).status).toBe(401)
    expect((await metrics({ 'x-forwarded-for': '81.2.69.142', authorization: 'Bearer good' })).status).toBe(
      200,
    )
  })
})
