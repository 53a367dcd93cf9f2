import { handClock, startSimulator, wallClock } from '../../sms/simulator/index.ts'
import { answer, UsageError, type Command } from './context.ts'
import { onPort, readPort } from './port.ts'
import { stopSignal } from './stop-signal.ts'

/** Where a clock by hand begins: always the same, so that all else is. */
const HAND_START = Date.parse('2026-11-24T15:00:00Z')

/** `sluice sms simulator`: serves until SIGINT or SIGTERM. Nothing that is sent to it leaves this machine. */
export const smsSimulator: Command = async (context, input) => {
  const [seed, clock] = [readSeed(input.text('seed')), readClock(input.text('clock'))]
  const simulator = await onPort(readPort(input.text('port')), (port) =>
    startSimulator({ port, seed, clock }),
  )
  const stopping = stopSignal()
  const { url, settings } = simulator
  const environment = {
    SLUICE_SMS_RINGCENTRAL_URL: url,
    SLUICE_SMS_RINGCENTRAL_CLIENT_ID: settings.clientId,
    SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET: settings.clientSecret,
    SLUICE_SMS_RINGCENTRAL_JWT: settings.jwt,
  }
  const { numbers } = (await (await fetch(`${url}/simulator`)).json()) as {
    numbers: { number: string; features: string[]; campaign: string }[]
  }
  answer(context, { url, environment, numbers }, [
    `A simulated RingCentral account: ${url}`,
    ...numbers.map(
      ({ number, features, campaign }) => `  ${number}  ${features.join(', ')}; campaign ${campaign}`,
    ),
    'Point the server at it:',
    ...Object.entries(environment).map(([name, value]) => `  ${name}=${value}`),
    `What handsets got: ${url}/simulator/handsets`,
    'Ctrl-C ends it.',
  ])
  await stopping
  await simulator.close()
}

function readSeed(text: string | undefined): number {
  if (!/^\d{1,9}$/.test(text ?? '1')) throw new UsageError('--seed is a whole number of at most nine digits.')
  return Number(text ?? 1)
}

function readClock(text = 'machine'): ReturnType<typeof wallClock> {
  if (text === 'machine') return wallClock()
  if (text === 'hand') return handClock(HAND_START)
  throw new UsageError('--clock is machine or hand.')
}
