import { expect, it } from 'vitest'
import { reviewAccess, reviewCsv, type AccessReview } from '../../../server/accounts/review.ts'
import { PASSWORD, scene, TERMINAL, type Scene } from './rig.ts'

const DAY_MS = 86_400_000
const review = (all: Scene): Promise<AccessReview> => reviewAccess(all)

it('R4.4 the access review tells who may do what on which site, with second factor, last sign-in and last use', async () => {
  const all = await scene()
  const { id: siteId } = await all.sites.add({ domain: 'one.example' })
  await all.sites.add({ domain: 'two.example' })
  const owner = await all.owner()
  const since = all.clock.now()
  const analyst = await all.person('ana@example.org', 'analyst', ['one.example'])
  const invited = await all.accounts.add(
    { email: 'new@example.org', role: 'auditor', sites: 'all' },
    TERMINAL,
  )
  const { id, key } = await all.keys.create({ siteId, scope: 'query', expiresAt: since + 200 * DAY_MS })
  // Keys are listed by the time they were made.
  all.clock.pass(1)
  const { id: idle } = await all.keys.create({ siteId, scope: 'ingest' })
  const gone = await all.keys.create({ siteId, scope: 'admin' })
  await all.keys.revoke(gone.id)
  await all.keys.create({ siteId, scope: 'sms', expiresAt: since + DAY_MS })

  const open = await all.shares.create(all.sites.get('one.example'), { name: 'for the board' })
  const ended = await all.shares.create(all.sites.get('one.example'), { name: 'was for a week' })
  await all.shares.revoke(siteId, ended.id)

  all.clock.pass(2 * DAY_MS)
  await all.signIn.signIn(
    { email: analyst.email, password: PASSWORD, code: analyst.recoveryCodes[0] ?? '' },
    undefined,
  )
  all.keys.verify(key, 'query')
  await all.keys.settled()
  await all.store.catchUp()
  const now = await review(all)
  expect(now.accounts).toMatchObject([
    {
      id: owner.id,
      email: owner.email,
      role: 'owner',
      sites: 'all',
      secondFactor: true,
      recoveryCodes: 10,
      standsOut: ['the only owner of all sites'],
    },
    {
      id: analyst.id,
      role: 'analyst',
      sites: ['one.example'],
      may: expect.arrayContaining(['sites.read', 'query', 'settings.read']) as string[],
      passkeys: 0,
      recoveryCodes: 9,
      lastSignIn: `${new Date(all.clock.now()).toISOString().slice(0, 19)}Z`,
      standsOut: [],
    },
    {
      id: invited.id,
      secondFactor: false,
      lastSignIn: null,
      standsOut: ['not set up: no password and no second factor'],
    },
  ])
  expect(now.accounts[0]?.may).toContain('accounts.write')
  // Neither the revoked nor the expired one.
  expect(now.keys).toMatchObject([
    { id, site: 'one.example', scope: 'query', lastUsed: '2026-11-26', standsOut: [] },
    { id: idle, scope: 'ingest', lastUsed: null, standsOut: ['never used', 'does not expire'] },
  ])

  expect(now.shares).toMatchObject([
    {
      id: open.id,
      site: 'one.example',
      name: 'for the board',
      may: ['sites.read', 'query', 'query.export'],
      standsOut: ['never opened', 'no password', 'does not expire'],
    },
  ])

  all.clock.pass(90 * DAY_MS)
  const later = await review(all)
  expect(later.accounts.map(({ standsOut }) => standsOut[0])).toEqual([
    'no sign-in for 90 days',
    'no sign-in for 90 days',
    'not set up: no password and no second factor',
  ])
  expect(later.keys[0]?.standsOut).toEqual(['not used for 90 days'])
})

it('R4.4 an owner of some sites may not do there what concerns all of them', async () => {
  const all = await scene()
  await all.sites.add({ domain: 'one.example' })
  await all.owner()
  const some = await all.person('some@example.org', 'owner', ['one.example'])
  const found = (await review(all)).accounts.find(({ id }) => id === some.id)
  expect(found?.may).toContain('keys.write')
  expect(found?.may.filter((permission) => /^(accounts|audit)/.test(permission))).toEqual([])
})

it('the access review as CSV has a line for each account, key and share link, and no cell that is a formula', async () => {
  const all = await scene()
  const { id: siteId } = await all.sites.add({ domain: 'one.example' })
  await all.owner()
  await all.accounts.add({ email: '=cmd|x!a1@example.org', role: 'analyst', sites: 'all' }, TERMINAL)
  await all.keys.create({ siteId, scope: 'query' })
  await all.shares.create(all.sites.get('one.example'), { name: '=HYPERLINK(0)' })
  const lines = reviewCsv(await review(all)).split('\r\n')
  expect(lines).toHaveLength(6)
  expect(lines[0]).toMatch(/^"kind","id","e-mail",/)
  expect(lines[2]).toContain(`"'=cmd|x!a1@example.org"`)
  expect(lines[3]).toMatch(/^"key",/)
  expect(lines[4]).toMatch(/^"share link",.*"'=HYPERLINK\(0\)"/)
})
