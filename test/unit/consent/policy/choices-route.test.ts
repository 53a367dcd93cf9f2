import { describe, expect, it } from 'vitest'
import { createNotice } from '../../../../server/consent/policy/notice.ts'
import { manifest } from './manifests.ts'
import { FIRST_PARTY, NOW, SITE, startRig, TOKEN, type Answer, type Rig } from './rig.ts'

const FORM = {
  ...FIRST_PARTY,
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-site': 'same-origin',
}

const KEPT = {
  categories: ['essential', 'functionality'],
  revision: 2,
  day: '2026-11-01',
  until: '2027-05-02',
}

function fields(rig: Rig, changes: Record<string, string> = {}, allow: string[] = []): string {
  const { hash } = createNotice(SITE, rig.inForce, 'en', { anonymous: false })
  const query = new URLSearchParams({ revision: '2', notice: hash, choice: 'save', ...changes })
  for (const category of allow) query.append('allow', category)
  return query.toString()
}

const choose = (rig: Rig, body: string, headers: Record<string, string> = FORM): Promise<Answer> =>
  rig.ask('/privacy/choices?site=example.com', { method: 'POST', headers, body })

const recordOf = (answer: Answer): unknown => {
  const line = [answer.headers['set-cookie'] ?? []].flat().find((one) => one.startsWith('cc_cookie=%7B'))
  return line === undefined
    ? undefined
    : JSON.parse(decodeURIComponent(/^cc_cookie=([^;]*)/.exec(line)?.[1] ?? ''))
}

describe('GET /privacy/choices', () => {
  const open = (rig: Rig, headers: Record<string, string> = {}, query = ''): Promise<Answer> =>
    rig.ask(`/privacy/choices?site=example.com${query}`, { headers: { ...FIRST_PARTY, ...headers } })

  it('R6.5 offers accept, reject and each category, nothing ticked before a choice', async () => {
    const rig = await startRig()
    const { body, headers } = await open(rig)
    expect(headers['set-cookie']).toBeUndefined()
    expect(body.match(/<button [^>]*>/g)).toEqual([
      // The Enter key presses the first one: it saves what is ticked and grants nothing by itself.
      '<button name="choice" value="save">',
      '<button name="choice" value="reject">',
      '<button name="choice" value="accept">',
    ])
    const boxes = [...body.matchAll(/<input\s+type="checkbox"\s+name="allow"\s+value="(\w+)"\s*\/>/g)]
    expect(boxes.map(([, category]) => category)).toEqual(['performance', 'functionality', 'targeting'])
    expect(body).not.toContain('checked')
    expect(body).toContain('You have not chosen yet.')
  })

  it('shows the choice that is kept', async () => {
    const rig = await startRig()
    const record = {
      categories: ['essential', 'functionality'],
      revision: 2,
      day: '2026-11-01',
      until: '2027-05-02',
    }
    const { body } = await open(rig, { cookie: `cc_cookie=${encodeURIComponent(JSON.stringify(record))}` })
    expect(body.match(/value="(\w+)"\s+checked/)?.[1]).toBe('functionality')
    expect(body.match(/checked/g)).toHaveLength(1)
    expect(body).toContain('You chose on November 1, 2026. The choice holds until May 2, 2027.')
  })

  it('offers the objection where anonymous statistics run', async () => {
    const rig = await startRig()
    const { body } = await open(rig, { 'x-country': 'FR' })
    expect(body).toContain('We count visits to this site without knowing who you are.')
    expect(body).toContain('<button name="choice" value="object">')
    await choose(rig, fields(rig, { choice: 'object' }, ['targeting']))
    expect(rig.decisions).toMatchObject([{ action: 'object', granted: [] }])
  })

  it('says that Global Privacy Control is honoured', async () => {
    const rig = await startRig()
    expect((await open(rig, { 'sec-gpc': '1' })).body).toContain('We honour it.')
    for (const headers of [{}, { 'sec-gpc': '0' }])
      expect((await open(rig, headers)).body).not.toContain('We honour it.')
  })

  it('says what it did, and nothing that anybody else wrote into the address', async () => {
    const rig = await startRig()
    const cookie = `cc_cookie=${encodeURIComponent(JSON.stringify(KEPT))}`
    expect((await open(rig, { cookie }, '&state=saved')).body).toContain('Your choice is saved.')
    // The browser brought none back: it keeps no cookies.
    expect((await open(rig, {}, '&state=saved')).body).not.toContain('Your choice is saved.')
    expect((await open(rig, {}, '&state=changed')).body).toContain('nothing has been saved')
    expect((await open(rig, {}, '&state=<script>')).body).not.toContain('role="status"')
  })

  it('elsewhere says that it can do nothing, and offers nothing', async () => {
    const rig = await startRig()
    const { body } = await rig.ask('/privacy/choices?site=example.com', {
      headers: { host: 'stats.example.org' },
    })
    expect(body).toContain('This page is not on example.com')
    expect(body).toContain('<a href="https://example.com/">')
    expect(body).not.toMatch(/<form|<button|<input/)
  })

  it('is at home on a subdomain that shares the choice', async () => {
    const rig = await startRig()
    const host = { host: 'stats.example.com' }
    expect((await rig.ask('/privacy/choices?site=example.com', { headers: host })).body).not.toContain(
      '<form',
    )
    rig.publish(manifest({ cookieDomain: 'example.com' }))
    expect((await rig.ask('/privacy/choices?site=example.com', { headers: host })).body).toContain('<form')
  })

  it('is at home behind a proxy that hides the host, under the public address', async () => {
    const rig = await startRig({ publicUrl: 'https://example.com/_s' })
    expect((await rig.ask('/privacy/choices')).body).toContain('<form')
  })
})

describe('POST /privacy/choices', () => {
  it('R6.5 takes what was ticked, keeps it and leads back to the page', async () => {
    const rig = await startRig()
    const answer = await choose(rig, fields(rig, {}, ['functionality']))
    expect(rig.decisions).toEqual([
      {
        version: 1,
        site: 'example.com',
        action: 'custom',
        granted: ['functionality'],
        revision: 2,
        source: 'choices-page',
        notice: createNotice(SITE, rig.inForce, 'en', { anonymous: false }).hash,
        gpc: false,
      },
    ])
    expect(answer.status).toBe(303)
    expect(answer.headers['location']).toBe('choices?site=example.com&state=saved')
    expect(recordOf(answer)).toEqual({
      categories: ['essential', 'functionality'],
      revision: 2,
      day: '2026-11-24',
      until: '2027-05-25',
      token: TOKEN,
      hour: Math.floor(NOW / 3_600_000),
      reopen: 'Privacy choices',
    })
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; Max-Age=15724800; Path=\/; SameSite=Lax; Secure$/)
  })

  it('accepts all there is, whatever is ticked, and rejects all', async () => {
    const rig = await startRig()
    await choose(rig, fields(rig, { choice: 'accept' }))
    await choose(rig, fields(rig, { choice: 'reject' }, ['targeting']))
    expect(rig.decisions.map(({ action, granted }) => [action, granted])).toEqual([
      ['accept_all', ['performance', 'functionality', 'targeting']],
      ['reject_all', []],
    ])
  })

  it('keeps of a refusal the same record for everybody, without a token, and expires what was there', async () => {
    const rig = await startRig()
    const [one, two] = [
      await choose(rig, fields(rig, { choice: 'reject' })),
      await choose(rig, fields(rig, { choice: 'reject' })),
    ]
    expect(one.headers['set-cookie']).toEqual(two.headers['set-cookie'])
    expect(recordOf(one)).toEqual({
      categories: ['essential'],
      revision: 2,
      day: '2026-11-24',
      until: '2027-05-25',
      reopen: 'Privacy choices',
    })
    expect(one.headers['set-cookie']).toContain('_ga=; Max-Age=0; Path=/')
  })

  it('takes a refusal of what was granted for a withdrawal', async () => {
    const rig = await startRig()
    const record = {
      categories: ['essential', 'targeting'],
      revision: 2,
      day: '2026-11-01',
      until: '2027-05-02',
    }
    const cookie = `cc_cookie=${encodeURIComponent(JSON.stringify(record))}`
    await choose(rig, fields(rig, { choice: 'reject' }), { ...FORM, cookie })
    await choose(rig, fields(rig, { choice: 'save' }), { ...FORM, cookie })
    expect(rig.decisions.map(({ action }) => action)).toEqual(['withdraw', 'withdraw'])
  })

  it('tells of Global Privacy Control', async () => {
    const rig = await startRig()
    await choose(rig, fields(rig), { ...FORM, 'sec-gpc': '1' })
    expect(rig.decisions[0]?.gpc).toBe(true)
  })

  it('keeps the language', async () => {
    const rig = await startRig()
    const answer = await rig.ask('/privacy/choices?site=example.com&language=de', {
      method: 'POST',
      headers: FORM,
      body: fields(rig),
    })
    expect(answer.headers['location']).toBe('choices?site=example.com&state=saved&language=de')
  })

  it('saves nothing when the policy has changed meanwhile, and asks again', async () => {
    const rig = await startRig()
    const old = await choose(rig, fields(rig, { revision: '1' }))
    expect(rig.decisions).toEqual([])
    rig.outdated = true
    for (const answer of [old, await choose(rig, fields(rig))]) {
      expect([answer.status, answer.headers['location']]).toEqual([
        303,
        'choices?site=example.com&state=changed',
      ])
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  it('is shared where the policy says so', async () => {
    const rig = await startRig()
    rig.publish(manifest({ cookieDomain: 'example.com' }))
    const answer = await choose(rig, fields(rig))
    expect(recordOf(answer)).toMatchObject({ domain: 'example.com' })
    expect(answer.headers['set-cookie']?.[1]).toMatch(/; Domain=example\.com$/)
  })

  const foreign: [string, Record<string, string>][] = [
    ['another site’s page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another subdomain', { 'sec-fetch-site': 'same-site' }],
    ['an older browser on another site', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
    ['a sandboxed page', { 'sec-fetch-site': '', origin: 'null' }],
    ['nobody knows where', { 'sec-fetch-site': '' }],
  ]
  it.each(foreign)('takes nothing from %s', async (_where, changed) => {
    const rig = await startRig()
    const headers = Object.fromEntries(
      Object.entries({ ...FORM, ...changed }).filter(([, value]) => value !== ''),
    )
    const answer = await choose(rig, fields(rig, { choice: 'accept' }), headers)
    expect([answer.status, rig.decisions, answer.headers['set-cookie']]).toEqual([403, [], undefined])
  })

  it('takes the form of an older browser from its own page', async () => {
    const rig = await startRig()
    const { 'sec-fetch-site': _, ...headers } = FORM
    expect((await choose(rig, fields(rig), { ...headers, origin: 'https://example.com' })).status).toBe(303)
  })

  it('takes nothing where it could keep nothing', async () => {
    const rig = await startRig()
    const answer = await choose(rig, fields(rig), { ...FORM, host: 'stats.example.org' })
    expect([answer.status, rig.decisions]).toEqual([403, []])
  })

  it.each([
    ['no choice', { choice: '' }, []],
    ['an unknown choice', { choice: 'everything' }, []],
    ['an unknown category', {}, ['everything']],
    ['essential', {}, ['essential']],
    ['no revision', { revision: '' }, []],
    ['a revision that is none', { revision: '1.5' }, []],
    ['no notice', { notice: '' }, []],
    ['a long notice', { notice: 'x'.repeat(44) }, []],
  ])('refuses %s', async (_what, changes, allow) => {
    const rig = await startRig()
    const answer = await choose(rig, fields(rig, changes, allow))
    expect([answer.status, rig.decisions, answer.headers['set-cookie']]).toEqual([400, [], undefined])
  })

  it('refuses another form of body', async () => {
    const rig = await startRig()
    const { 'content-type': _, ...headers } = FORM
    expect((await choose(rig, fields(rig), { ...headers, 'content-type': 'text/plain' })).status).toBe(400)
    expect((await rig.ask('/privacy/choices', { method: 'DELETE', headers: FIRST_PARTY })).status).toBe(405)
    expect(rig.decisions).toEqual([])
  })
})
