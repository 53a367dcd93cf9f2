import { describe, expect, it } from 'vitest'
import { TERMINAL } from './rig.ts'
import { OTHER, OWN } from './route-table.ts'
import { stage } from './stage.ts'

const REASON = 'what is another’s'

/** Asks as the owner of OWN alone. */
async function asked() {
  const { all, url, headers } = await stage()
  const askAs = (who: string) => async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers[who], ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  }
  return { all, ask: askAs('one:owner'), askAsTheirs: askAs('owner'), other: all.sites.get(OTHER) }
}

describe('R4.4 what belongs to another site', () => {
  it('R4.4 a key is neither listed nor revoked through a site of one’s own', async () => {
    const { all, ask, other } = await asked()
    const { id, key } = await all.keys.create({ siteId: other.id, scope: 'query' })
    expect((await ask('GET', `/api/keys?site=${OWN}`)).text).not.toContain(id)
    expect((await ask('DELETE', `/api/keys/${id}`, { site: OWN, reason: REASON })).status).toBe(404)
    expect(all.keys.verify(key, 'query')).toBeDefined()
    await all.keys.settled()
  })

  it('R4.4 a key of one’s own is revoked by its id, and no other one', async () => {
    const { all, ask } = await asked()
    const site = all.sites.get(OWN)
    const { key } = await all.keys.create({ siteId: site.id, scope: 'query' })
    const gone = await all.keys.create({ siteId: site.id, scope: 'query' })
    await ask('DELETE', `/api/keys/${gone.id}`, { site: OWN, reason: REASON })
    expect([all.keys.verify(gone.key, 'query'), all.keys.verify(key, 'query')?.scope]).toEqual([
      undefined,
      'query',
    ])
    await all.keys.settled()
  })

  it('R4.4 a share link is neither listed nor revoked through a site of one’s own', async () => {
    const { all, ask, other } = await asked()
    const { id } = await all.shares.create(other, { name: 'for the board' }, TERMINAL)
    expect((await ask('GET', `/api/share-links?site=${OWN}`)).text).not.toContain(id)
    expect((await ask('DELETE', `/api/share-links/${id}`, { site: OWN })).status).toBe(404)
    expect(all.shares.list(other.id)).toMatchObject([{ id }])
    expect(all.shares.list(other.id)[0]?.revokedAt).toBeUndefined()
  })

  it('R4.4 a report is neither listed nor removed through a site of one’s own', async () => {
    const { ask, askAsTheirs } = await asked()
    const wanted = { site: OTHER, kind: 'weekly', recipients: ['ann@example.org'], reason: REASON }
    const { id } = JSON.parse((await askAsTheirs('POST', '/api/reports', wanted)).text) as { id: string }
    expect((await ask('GET', `/api/reports?site=${OWN}`)).text).toContain('"reports":[]')
    expect((await ask('DELETE', `/api/reports/${id}`, { site: OWN })).status).toBe(404)
    expect((await askAsTheirs('GET', `/api/reports?site=${OTHER}`)).text).toContain(id)
    // A site has twenty: those of others leave room for one’s own.
    for (let count = 1; count < 20; count++) await askAsTheirs('POST', '/api/reports', wanted)
    expect((await ask('POST', '/api/reports', { ...wanted, site: OWN })).status).toBe(201)
  })

  it('R4.4 a campaign of mails is neither listed, used nor removed through a site of one’s own', async () => {
    const { ask, askAsTheirs } = await asked()
    const target = 'https://other.example/spring'
    await askAsTheirs('PUT', '/api/beacons', {
      site: OTHER,
      campaign: 'spring',
      mode: 'off',
      links: [target],
    })
    await askAsTheirs('POST', '/api/beacons', { site: OTHER, campaign: 'spring', sends: 5 })
    expect((await ask('GET', `/api/beacons?site=${OWN}`)).text).toBe('{"campaigns":[]}')
    expect((await ask('POST', '/api/beacons', { site: OWN, campaign: 'spring' })).status).toBe(404)
    expect((await ask('DELETE', '/api/beacons', { site: OWN, campaign: 'spring' })).status).toBe(404)
    const own = { site: OWN, campaign: 'spring', mode: 'aggregate' }
    expect(JSON.parse((await ask('PUT', '/api/beacons', own)).text)).toMatchObject({ links: [], sends: 0 })
    expect(JSON.parse((await askAsTheirs('GET', `/api/beacons?site=${OTHER}`)).text)).toMatchObject({
      campaigns: [{ name: 'spring', mode: 'off', links: [target], sends: 5 }],
    })
  })

  it('R4.4 a recipient of mails is neither found, listed nor erased through a site of one’s own', async () => {
    const { ask, askAsTheirs } = await asked()
    const email = 'ada@lovelace.example'
    const consent = { email, event: 'given', purposes: ['email_open'], copy: 'May we?', method: 'form' }
    const given = await askAsTheirs('POST', '/api/email-consents', { site: OTHER, consents: [consent] })
    const [id = ''] = (JSON.parse(given.text) as { ids: string[] }).ids
    expect((await ask('GET', `/api/email-consents?site=${OWN}`)).text).toContain('"consents":[]')
    expect((await ask('GET', `/api/email-consents?site=${OWN}&id=${id}`)).status).toBe(404)
    expect((await ask('POST', '/api/email-consents/find', { site: OWN, email })).status).toBe(404)
    expect((await ask('DELETE', '/api/email-consents', { site: OWN, id })).status).toBe(404)
    const kept = await askAsTheirs('GET', `/api/email-consents?site=${OTHER}&id=${id}`)
    expect(kept.status).toBe(200)
  })
})
