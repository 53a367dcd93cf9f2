import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { ask } from '../../../server/query/ask.ts'

const statement = { text: 'SELECT 1', values: {} }
const never = new AbortController().signal

function failing(reason: Error): ClickHouseClient {
  async function query(): Promise<never> {
    await Promise.resolve()
    throw reason
  }
  return { query } as unknown as ClickHouseClient
}

describe('ask', () => {
  it.each([
    ['159', 503, 'took too long'],
    ['241', 400, 'memory'],
    ['396', 400, 'too many rows'],
    ['427', 400, 'glob'],
    ['202', 503, 'busy'],
  ])('answers exception %s with %i in one sentence', async (code, status, words) => {
    const asked = ask(
      failing(new ClickHouseError({ message: 'secret detail', code, type: 'X' })),
      statement,
      never,
    )
    const error: unknown = await asked.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({ status, message: expect.stringContaining(words) as string })
    expect((error as Error).message).not.toContain('secret')
  })

  it('passes on what nobody can mend', async () => {
    const broken = new ClickHouseError({ message: 'Unknown column', code: '47', type: 'UNKNOWN_IDENTIFIER' })
    await expect(ask(failing(broken), statement, never)).rejects.toBe(broken)
  })

  it('says that the database cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const client = createClient({ url: `http://127.0.0.1:${port}`, log: { level: ClickHouseLogLevel.OFF } })
    try {
      await expect(ask(client, statement, never)).rejects.toMatchObject({
        status: 503,
        message: expect.stringContaining('cannot be reached') as string,
      })
    } finally {
      await client.close()
    }
  })

  it('rejects with the reason of who went away', async () => {
    const gone = new AbortController()
    gone.abort(new Error('gone'))
    await expect(ask(failing(new Error('aborted')), statement, gone.signal)).rejects.toThrow('gone')
  })
})
