import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { programFile } from '../../../server/project-root.ts'
import { dataFolder } from '../store/opened.ts'
import { terminal } from './typed.ts'

it('sluice sms simulator says in one sentence how it is meant', async () => {
  const run = terminal()
  expect(await run('sms simulator --seed one')).toEqual({
    code: 2,
    stdout: '',
    stderr: '--seed is a whole number of at most nine digits.\n',
  })
  expect(await run('sms simulator --clock atomic')).toEqual({
    code: 2,
    stdout: '',
    stderr: '--clock is machine or hand.\n',
  })
  expect((await run('sms simulator --port 65536')).code).toBe(2)
})

it('sluice sms simulator serves until it is ended, the same for the same seed', async () => {
  const start = async (): Promise<Record<string, unknown>> => {
    const words = ['sms', 'simulator', '--seed', '5', '--clock', 'hand', '--json']
    const child = spawn(process.execPath, [programFile('main'), ...words], {
      env: { ...process.env, SLUICE_DATA: dataFolder() },
    })
    const exited = once(child, 'exit')
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { url, environment, numbers } = JSON.parse(line.toString()) as {
      url: string
      environment: Record<string, string>
      numbers: unknown[]
    }
    expect(environment).toMatchObject({ SLUICE_SMS_RINGCENTRAL_URL: url })
    expect(numbers).toHaveLength(4)
    const told = await fetch(`${url}/simulator/inbound`, {
      method: 'POST',
      body: JSON.stringify({ from: '+12125550123', to: '+16505550100', text: 'STOP' }),
    })
    const { id } = (await told.json()) as { id: string }
    const { received } = (await (await fetch(`${url}/simulator/handsets`)).json()) as { received: unknown[] }
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
    return { id, received }
  }
  const first = await start()
  expect(first['received']).toMatchObject([{ to: '+12125550123', by: 'auto-reply' }])
  expect(await start()).toEqual(first)
})

it('the package exports the simulator', async () => {
  const { startSimulator, USUAL_NUMBERS } = await import('sluice/sms-simulator')
  const simulator = await startSimulator({ seed: 2 })
  onTestFinished(() => simulator.close())
  expect(USUAL_NUMBERS).toHaveLength(4)
  expect((await fetch(`${simulator.url}/restapi/v1.0/subscription`)).status).toBe(401)
})
