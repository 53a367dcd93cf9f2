import { beforeEach, describe, expect, it } from 'vitest'
import { HOOK_PATH, hookAddress, hookSecrets } from '../../../../server/sms/hook-secrets.ts'
import type { ProviderEvent } from '../../../../sms/index.ts'
import { postRaw, secrets, startHook, type HookRig } from './hook-rig.ts'

const EVENT = {
  uuid: 'u-1',
  event: '/restapi/v1.0/account/1/a2p-sms/opt-outs',
  timestamp: '2026-11-24T15:00:00.473705Z',
  subscriptionId: 's',
  body: { from: '+16505550100', to: '+12125550123', active: true },
}

let rig: HookRig
let taken: ProviderEvent[]
let fails: boolean

beforeEach(async () => {
  ;[taken, fails] = [[], false]
  rig = await startHook(async (events) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (fails) throw new Error('the store is away')
    taken.push(...events)
  })
})

const post = (
  body: string,
  headers: Record<string, string> = { 'verification-token': secrets.verificationToken },
  path = secrets.path,
): Promise<Response> => fetch(`${rig.url}${HOOK_PATH}${path}`, { method: 'POST', headers, body })

describe('the SMS webhook', () => {
  it('echoes the token of a handshake, in far less than 1,024 bytes', async () => {
    const token = 'f5bcb9a0-64c4-4d55-9a4a-6f9d3d3c9d21'
    const raw = (await postRaw(rig, [`validation-token: ${token}`])).toString()
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(raw.toLowerCase()).toContain(`validation-token: ${token}\r\n`)
    expect(raw.toLowerCase()).toContain('content-type: application/json')
    expect(Buffer.byteLength(raw)).toBeLessThanOrEqual(700)
  })

  it('answers an event at once, takes it afterwards, and takes the token by either name', async () => {
    for (const name of ['verification-token', 'validation-token', 'Verification-Token']) {
      expect((await post(JSON.stringify(EVENT), { [name]: secrets.verificationToken })).status).toBe(200)
    }
    await rig.hook.settled()
    expect(taken).toHaveLength(3)
    expect(taken[0]).toMatchObject({ what: 'consent', opted: 'out', source: 'recipient' })
    // Told again it is the same.
    expect(new Set(taken.map(({ uuid }) => uuid)).size).toBe(1)
  })

  it('never takes an event for a handshake, though it carries the token under that name', async () => {
    const answer = await post(JSON.stringify(EVENT), { 'validation-token': secrets.verificationToken })
    expect(answer.headers.get('validation-token')).toBeNull()
    await rig.hook.settled()
    expect(taken).toHaveLength(1)
  })

  it('S7 loses nothing that could not be taken: it is asked for in the lists', async () => {
    fails = true
    expect((await post(JSON.stringify(EVENT))).status).toBe(200)
    await rig.hook.settled()
    expect(rig.asked).toEqual(['lists'])
    expect(rig.lines.join('')).toContain('could not be taken')
    expect(rig.lines.join('')).not.toMatch(/\d{10}/)
  })

  it('refuses by rule what has not its path, its token or a body that can be read', async () => {
    const good = JSON.stringify(EVENT)
    const statuses = {
      path: await post(good, undefined, 'another'),
      longer: await post(good, undefined, `${secrets.path}x`),
      part: await post(good, undefined, secrets.path.slice(0, -1)),
      none: await post(good, {}),
      wrong: await post(good, { 'verification-token': 'wrong' }),
      both: await post(good, { 'verification-token': 'wrong', 'validation-token': 'wrong' }),
      empty: await post('', { 'verification-token': secrets.verificationToken }),
      'odd token': await post('', { 'validation-token': 'x'.repeat(2_000) }),
      'no JSON': await post('STOP'),
      'no event': await post('{"a":1}'),
      'too long': await post(`"${'x'.repeat(1_100_000)}"`),
      get: await fetch(`${rig.url}${HOOK_PATH}${secrets.path}`),
      elsewhere: await fetch(`${rig.url}/sms/webhooks/other`),
    }
    expect(Object.fromEntries(Object.entries(statuses).map(([why, { status }]) => [why, status]))).toEqual({
      path: 404,
      longer: 404,
      part: 404,
      none: 401,
      wrong: 401,
      both: 401,
      empty: 400,
      'odd token': 400,
      'no JSON': 400,
      'no event': 400,
      'too long': 413,
      get: 405,
      elsewhere: 418,
    })
    expect(taken).toEqual([])
    // What came without its token or was too long may have told something.
    expect(rig.asked).toEqual(['lists', 'lists', 'lists', 'lists'])
    expect(rig.lines).toHaveLength(1)
    const counts = rig.hook.readings().map(({ name, read }) => [name, read()])
    expect(counts).toEqual([
      ['sluice_sms_webhook_taken_total', 0],
      ['sluice_sms_webhook_unknown_total', 0],
      ['sluice_sms_webhook_refused_total', 12],
    ])
  })

  it('takes nothing with a token that was made up, by whichever name', async () => {
    const madeUp = secrets.verificationToken.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    for (const name of ['verification-token', 'validation-token']) {
      for (const token of [madeUp, secrets.verificationToken.slice(1), secrets.path, 'x']) {
        const before = taken.length
        const { status } = await post(JSON.stringify(EVENT), { [name]: token })
        await rig.hook.settled()
        expect([name, token, status, taken.slice(before)]).toEqual([name, token, 401, []])
      }
    }
  })

  it('answers 200 to events that it does not know, and looks after the subscription when told of its end', async () => {
    expect((await post(JSON.stringify({ ...EVENT, event: '/restapi/v1.0/account/1/presence' }))).status).toBe(
      200,
    )
    expect((await post(JSON.stringify({ ...EVENT, body: null }))).status).toBe(200)
    const reminder = '/restapi/v1.0/subscription/95fe?threshold=86400&interval=3600'
    expect((await post(JSON.stringify({ ...EVENT, event: reminder }))).status).toBe(200)
    expect([taken, rig.asked]).toEqual([[], ['subscription']])
  })

  it('has the same secrets after a restart, and others in another installation', () => {
    expect(hookSecrets({ key: new Uint8Array(32).fill(7), isLasting: true }).path).toBe(secrets.path)
    const other = hookSecrets({ key: new Uint8Array(32).fill(8), isLasting: true })
    expect([other.path, other.verificationToken]).not.toContain(secrets.path)
    expect(secrets.path).not.toBe(secrets.verificationToken)
    expect(secrets.path).toMatch(/^[\w-]{32}$/)
    expect(hookAddress('https://stats.example.com/_s', secrets)).toEqual({
      address: `https://stats.example.com/_s/sms/webhooks/ringcentral/${secrets.path}`,
      verificationToken: secrets.verificationToken,
    })
  })
})
