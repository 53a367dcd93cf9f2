import { describe, expect, it, onTestFinished } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../sms/simulator/index.ts'
import { hookOf, type Hook } from '../../support/hook.ts'
import { objectOf, terminal, type Ran } from './typed.ts'

interface Told {
  readonly ok: boolean
  readonly changed: number
  readonly findings: readonly { about: string; ok: boolean; says: string }[]
  readonly numbers: readonly { number: string; campaign: string }[]
}

async function stage(
  options: SimulatorOptions = {},
  env: Record<string, string> = {},
): Promise<{
  simulator: Simulator
  hook: Hook
  run(line: string): Promise<Ran>
  told(): Promise<Told & { code: number }>
}> {
  const simulator = await startSimulator({ limits: { light: 500 }, ...options })
  onTestFinished(() => simulator.close())
  const hook = await hookOf()
  onTestFinished(() => hook.close())
  const { clientId, clientSecret, jwt } = simulator.settings
  const run = terminal({
    PUBLIC_URL: new URL(hook.url).origin,
    SLUICE_SMS_RINGCENTRAL_URL: simulator.url,
    SLUICE_SMS_RINGCENTRAL_CLIENT_ID: clientId,
    SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET: clientSecret,
    SLUICE_SMS_RINGCENTRAL_JWT: jwt,
    ...env,
  })
  const told = async (): Promise<Told & { code: number }> => {
    const ran = await run('sms connect --json')
    return { ...(objectOf(ran) as unknown as Told), code: ran.code }
  }
  return { simulator, hook, run, told }
}
const faults = ({ findings }: Told): string[] => findings.filter(({ ok }) => !ok).map(({ says }) => says)

const GOOD = {
  number: '+16505550100',
  features: ['SmsSender', 'A2PSmsSender'],
  campaign: 'Confirmed',
  useCases: ['Marketing'],
} as const

describe('sluice sms connect', () => {
  it('says in sentences that all is well, and has events told', async () => {
    const { simulator, run } = await stage({ numbers: [GOOD] })
    expect(await run('sms connect')).toEqual({
      code: 0,
      stdout: [
        'ok     RingCentral lets us in.',
        'ok     The application has the permissions that it needs.',
        'ok     These numbers may send: +16505550100 (high volume).',
        'ok     +16505550100: its campaign is confirmed for Marketing.',
        'ok     The webhook answers at the public address as RingCentral asks of it.',
        'ok     RingCentral tells of events.',
        '',
      ].join('\n'),
      stderr: '',
    })
    expect([...simulator.subscriptions.values()]).toMatchObject([{ status: 'Active', disabled: [] }])
  })

  it('SX3 says of each number whose campaign is not confirmed what to do', async () => {
    const states = ['CampaignSuspended', 'Submitted', 'Draft', 'CampaignExpired'] as const
    const numbers = states.map((campaign, at) => ({ ...GOOD, campaign, number: `+1650555011${at}` }))
    const { told } = await stage({ numbers: [GOOD, ...numbers] })
    const report = await told()
    expect([report.ok, report.code]).toEqual([false, 1])
    expect(faults(report)).toEqual([
      '+16505550110: its campaign is suspended, so carriers take nothing of it: ask RingCentral why.',
      '+16505550111: its campaign waits for the carriers, which takes days: nothing goes out until they confirm it.',
      '+16505550112: its campaign is a draft: finish and submit it in the RingCentral admin portal.',
      '+16505550113: its campaign has expired: register it anew.',
    ])
    expect(report.numbers.map(({ campaign }) => campaign)).toEqual(['Confirmed', ...states])
  })

  it('SX3 takes over what RingCentral says of the senders, in both directions', async () => {
    const { run, told, simulator } = await stage({ numbers: [GOOD] })
    await run('sms sender add +16505550100 --features A2PSmsSender')
    const campaign = async (): Promise<unknown> => {
      const { senders } = objectOf(await run('sms sender list --json')) as {
        senders: Record<string, unknown>[]
      }
      return senders.map((one) => [one['campaign'], one['useCases'], one['class']])
    }
    expect(await campaign()).toEqual([['Unconfirmed', [], 'high-volume-long-code']])
    expect(await told()).toMatchObject({ ok: true, changed: 1 })
    expect(await campaign()).toEqual([['Confirmed', ['Marketing'], 'high-volume-long-code']])
    expect(await told()).toMatchObject({ changed: 0 })
    simulator.setCampaign('+16505550100', 'CampaignSuspended')
    expect(await told()).toMatchObject({ ok: false, changed: 1 })
    expect(await campaign()).toEqual([['CampaignSuspended', ['Marketing'], 'high-volume-long-code']])
  })

  it('says why there is no access', async () => {
    const secret = await stage({}, { SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET: 'wrong' })
    expect(faults(await secret.told())).toEqual([
      expect.stringMatching(/^RingCentral does not know the client id or its secret\. Copy both again/),
    ])
    const jwt = await stage({}, { SLUICE_SMS_RINGCENTRAL_JWT: 'another.one.here' })
    expect(faults(await jwt.told())).toEqual([
      expect.stringMatching(/^RingCentral does not take the JWT: it was revoked/),
    ])
    const away = await stage()
    await away.simulator.close()
    expect(faults(await away.told())).toEqual([
      expect.stringMatching(/^RingCentral cannot be reached from here\./),
    ])
    for (const { run } of [secret, jwt, away]) {
      const { stdout, stderr } = await run('sms connect')
      expect(stdout + stderr).not.toMatch(/wrong|another\.one\.here|simulated/)
    }
  })

  it('names the permissions that are missing', async () => {
    const { told } = await stage({ scopes: ['SMS', 'ReadAccounts'], numbers: [GOOD] })
    expect(faults(await told())[0]).toBe(
      'The application lacks "Read Messages" (find what was sent and what people answered), "A2P SMS" (send from high-volume numbers). Add them in its settings at developers.ringcentral.com, then start Sluice again.',
    )
  })

  it('says that no number may send', async () => {
    const { told } = await stage({ numbers: [{ ...GOOD, isForeign: true }] })
    expect(faults(await told())[0]).toMatch(/^No number of this user may send\./)
  })

  it('says what keeps the webhook from being reached', async () => {
    const { told, hook } = await stage({ numbers: [GOOD] })
    const head = { 'content-type': 'application/json' }
    const said = async (behave: Parameters<Hook['answerWith']>[0]): Promise<string | undefined> => {
      hook.answerWith(behave)
      return faults(await told())[0]
    }
    expect(await said((response) => response.writeHead(404).end())).toMatch(
      /^Something else answers .* \(status 404\)/,
    )
    expect(await said((response) => response.writeHead(200, head).end())).toMatch(
      /lost its header Validation-Token/,
    )
    expect(
      await said((response, token) =>
        response.writeHead(200, { ...head, 'validation-token': token, 'x-proxy': 'x'.repeat(1_000) }).end(),
      ),
    ).toMatch(/has 1,?\d{3} bytes, and RingCentral takes 1,024/)
    expect(await said(() => undefined)).toMatch(/did not answer within three seconds/)
    hook.answerWith(undefined)
    await hook.close()
    expect(faults(await told())).toEqual([
      expect.stringMatching(/^Nothing answers at .* \(ECONNREFUSED\)\. Start Sluice/),
    ])
  })

  it('S19 says that events need https', async () => {
    const { told } = await stage({ numbers: [GOOD] }, { PUBLIC_URL: 'http://stats.example.com' })
    expect(faults(await told())).toEqual([
      expect.stringMatching(/^RingCentral posts to https addresses only/),
    ])
  })

  it('is refused in one sentence where no account is set, or half of one', async () => {
    expect(await terminal()('sms connect')).toMatchObject({ code: 1, stdout: '' })
    expect((await terminal()('sms connect')).stderr).toMatch(
      /^No RingCentral account is set: set SLUICE_SMS_RINGCENTRAL_CLIENT_ID, /,
    )
    expect((await terminal({ SLUICE_SMS_RINGCENTRAL_CLIENT_ID: 'x' })('sms connect')).stderr).toBe(
      'SLUICE_SMS_RINGCENTRAL_CLIENT_ID and SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET must be set together; SLUICE_SMS_RINGCENTRAL_CLIENT_ID and SLUICE_SMS_RINGCENTRAL_JWT must be set together.\n',
    )
    const bad = {
      SLUICE_SMS_RINGCENTRAL_URL: 'http://platform.ringcentral.com',
      SLUICE_SMS_RINGCENTRAL_JWT: 'secret text',
    }
    const { stderr } = await terminal(bad)('sms connect')
    expect(stderr).toContain(
      'SLUICE_SMS_RINGCENTRAL_URL must be an https address, or an http one of this machine',
    )
    expect(stderr).toContain('SLUICE_SMS_RINGCENTRAL_JWT must be a JSON web token')
    expect(stderr).not.toContain('secret text')
  })
})
