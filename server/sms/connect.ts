import {
  readNumbers,
  watchSubscription,
  type AccountNumber,
  type HookAddress,
  type RingCentral,
  type Watched,
} from '../../sms/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { probeHook } from './probe-hook.ts'
import {
  accessSentence,
  campaignSentence,
  numbersSentence,
  probeSentence,
  scopeSentence,
  watchSentence,
} from './connect-text.ts'

/** What one look found; `says` is one or two sentences: what is, and what to do. */
export interface ConnectFinding {
  readonly about: 'access' | 'permissions' | 'numbers' | 'campaign' | 'webhook' | 'events'
  readonly ok: boolean
  readonly says: string
}

export interface ConnectReport {
  readonly ok: boolean
  readonly findings: readonly ConnectFinding[]
  readonly numbers: readonly AccountNumber[]
}

/** Permissions that every account needs; high-volume numbers need one more. */
const SCOPES = ['SMS', 'ReadMessages', 'ReadAccounts'] as const

/**
 * Looks at everything that sending and hearing depend on, in the order in which it depends on each other, and stops where
 * nothing further can be known. Makes the subscription to events where the webhook answers and there is none.
 */
export async function connect(parts: {
  provider: Pick<RingCentral, 'client' | 'access'>
  hook: HookAddress
  clock: Clock
  log: Pick<Log, 'info' | 'warn'>
}): Promise<ConnectReport> {
  const { provider, hook, clock, log } = parts
  const { client, access } = provider
  const findings: ConnectFinding[] = []
  const report = (numbers: readonly AccountNumber[]): ConnectReport => ({
    ok: findings.every(({ ok }) => ok),
    findings,
    numbers,
  })
  const find = (about: ConnectFinding['about'], fault: string | undefined, good: string): void => {
    findings.push({ about, ok: fault === undefined, says: fault ?? good })
  }

  const token = await access.ready()
  find(
    'access',
    typeof token === 'string' ? undefined : accessSentence(token.code),
    'RingCentral lets us in.',
  )
  if (typeof token !== 'string') return report([])

  const read = await readNumbers(client, clock, true)
  const numbers = read.is === 'read' ? read.numbers : []
  const isHighVolume = numbers.some(({ features }) => features.includes('A2PSmsSender'))
  const missing = [...SCOPES, ...(isHighVolume ? ['A2PSMS'] : [])].filter(
    (scope) => !access.scopes().includes(scope),
  )
  find('permissions', scopeSentence(missing), 'The application has the permissions that it needs.')
  const senders = numbers.filter(({ features }) => features.some((feature) => feature.endsWith('SmsSender')))
  find('numbers', numbersSentence(read, senders), listed(senders))
  for (const sender of senders) {
    find(
      'campaign',
      campaignSentence(sender),
      `${sender.number}: its campaign is confirmed for ${sender.useCases.join(', ') || 'no use case'}.`,
    )
  }

  const probe = await probeHook(hook.address)
  find(
    'webhook',
    probeSentence(probe, hook.address),
    'The webhook answers at the public address as RingCentral asks of it.',
  )
  // RingCentral would ask the same of it, and count each failure.
  if (probe.is !== 'good') return report(senders)
  const watched: Watched = await watchSubscription(client, clock, log, hook)
  find('events', watchSentence(watched), 'RingCentral tells of events.')
  return report(senders)
}

function listed(senders: readonly AccountNumber[]): string {
  const each = senders.map(({ number, features }) => {
    return `${number} (${features.includes('A2PSmsSender') ? 'high volume' : 'regular'}${features.includes('MmsSender') ? ', pictures' : ''})`
  })
  return `These numbers may send: ${each.join(', ')}.`
}
