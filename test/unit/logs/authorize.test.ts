import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createIngestAuthorizer } from '../../../server/logs/authorize.ts'
import { KEY_SCOPES } from '../../../server/store/tables.ts'
import { scene } from '../accounts/rig.ts'

describe('R2.1 what a server sends in', () => {
  it.each(KEY_SCOPES)('R2.1 takes a key of the scope ingest only: %s', async (scope) => {
    const { keys, sites } = await scene()
    const { id, domain } = await sites.add({ domain: 'example.com' })
    const { key } = await keys.create({ siteId: id, scope })
    const authorize = createIngestAuthorizer({ keys, sites, keyWait: () => 0 })
    const send = () => authorize({ headers: { authorization: `Bearer ${key}` } } as IncomingMessage)
    if (scope === 'ingest') expect(send()).toMatchObject({ id, domain })
    else expect(send).toThrow('Send a key with the scope ingest')
    await keys.settled()
  })

  it('R4.9 lets a network guess so many keys', async () => {
    const { keys, sites } = await scene()
    const authorize = createIngestAuthorizer({ keys, sites, keyWait: () => 30 })
    expect(() => authorize({ headers: {} } as IncomingMessage)).toThrow('too many tries')
  })
})
