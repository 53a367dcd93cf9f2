import { ringCentralCode, type AccountNumber, type readNumbers, type Watched } from '../../sms/index.ts'
import type { Probe } from './probe-hook.ts'

/** What is wrong between here and RingCentral, in sentences that say what to do; undefined where nothing is. */

const CONSOLE = 'developers.ringcentral.com'

const ACCESS: Readonly<Record<string, string>> = {
  'OAU-146': `RingCentral does not know the client id or its secret. Copy both again from the application at ${CONSOLE} into SLUICE_SMS_RINGCENTRAL_CLIENT_ID and SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET.`,
  'OAU-140': `RingCentral does not take the JWT: it was revoked, has run out, or is of another application. Make one at ${CONSOLE} under Credentials and set SLUICE_SMS_RINGCENTRAL_JWT.`,
  'OAU-112': `The application may not sign in by JWT. Choose "JWT auth flow" in its settings at ${CONSOLE}.`,
  'OAU-142': 'The RingCentral account is not active. Ask RingCentral, or whoever pays for it.',
  'CMN-301': 'RingCentral was asked for access too often. Wait a minute and run this again.',
  'not-sent':
    'RingCentral cannot be reached from here. Look at the network, and at SLUICE_SMS_RINGCENTRAL_URL where it is set.',
  lost: 'RingCentral did not answer. Run this again in a minute.',
}

export function accessSentence(code: string): string {
  return (
    ACCESS[code] ??
    `RingCentral refused access with the code ${code}. Compare client id, secret and JWT with the application at ${CONSOLE}.`
  )
}

const SCOPE_NAMES: Readonly<Record<string, string>> = {
  SMS: '"SMS" (send)',
  ReadMessages: '"Read Messages" (find what was sent and what people answered)',
  ReadAccounts: '"Read Accounts" (see numbers and campaigns)',
  A2PSMS: '"A2P SMS" (send from high-volume numbers)',
}

export function scopeSentence(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined
  const names = missing.map((scope) => SCOPE_NAMES[scope] ?? scope).join(', ')
  return `The application lacks ${names}. Add ${missing.length === 1 ? 'it' : 'them'} in its settings at ${CONSOLE}, then start Sluice again.`
}

export function numbersSentence(
  read: Awaited<ReturnType<typeof readNumbers>>,
  senders: readonly AccountNumber[],
): string | undefined {
  if (read.is === 'unavailable') {
    const code = ringCentralCode(read.json)
    return `The numbers of the account cannot be read${code === undefined ? '' : ` (${code})`}. Run this again in a minute; if it stays, check the permission "Read Accounts".`
  }
  if (senders.length > 0) return undefined
  return 'No number of this user may send. RingCentral lets only the user who owns a number send from it: assign one with SMS to the user whose JWT this is.'
}

const CAMPAIGNS: Readonly<Record<string, string>> = {
  Created: 'is registered and not yet sent to the carriers: finish it in the RingCentral admin portal',
  Draft: 'is a draft: finish and submit it in the RingCentral admin portal',
  Submitted: 'waits for the carriers, which takes days: nothing goes out until they confirm it',
  Unconfirmed: 'is not confirmed yet: nothing goes out until it is',
  UpdateRequested: 'is being changed: nothing goes out until that is confirmed',
  SubmitFailed: 'could not be submitted: read the reason in the RingCentral admin portal and submit it again',
  PreVetFailed:
    'failed the check before submission: read the reason in the RingCentral admin portal and mend it',
  CampaignSuspended: 'is suspended, so carriers take nothing of it: ask RingCentral why',
  CampaignExpired: 'has expired: register it anew',
  DeleteRequested: 'is being deleted: take another number, or register another campaign',
}

export function campaignSentence({ number, campaign }: AccountNumber): string | undefined {
  if (campaign === 'Confirmed') return undefined
  if (campaign === undefined)
    return `${number}: its campaign cannot be read, so nothing is sent from it. Register one in the RingCentral admin portal.`
  return `${number}: its campaign ${CAMPAIGNS[campaign] ?? `has the status ${campaign}, with which nothing goes out: ask RingCentral`}.`
}

export function probeSentence(probe: Probe, address: string): string | undefined {
  return probe.is === 'good' ? undefined : probeFault(probe, new URL(address).origin)
}

function probeFault(probe: Exclude<Probe, { is: 'good' }>, origin: string): string {
  switch (probe.is) {
    case 'not-https':
      return `RingCentral posts to https addresses only, and PUBLIC_URL is ${origin}. Set PUBLIC_URL to the https address of this server; until then answers are found by asking every minute.`
    case 'unreachable':
      return `Nothing answers at ${origin} (${probe.why}). Start Sluice, or correct PUBLIC_URL.`
    case 'too-late':
      return `The webhook at ${origin} did not answer within three seconds. Look at the proxy in front.`
    case 'no-echo':
      return `The answer of the webhook at ${origin} lost its header Validation-Token on the way. Let the proxy pass it on.`
    case 'too-long':
      return `The answer of the webhook at ${origin} has ${probe.bytes} bytes, and RingCentral takes 1,024. Let the proxy add fewer headers below /sms/webhooks/.`
    case 'other':
    default:
      return `Something else answers for the webhook at ${origin} (status ${probe.status}). Let the proxy pass /sms/webhooks/ on to this installation.`
  }
}

const EVENTS: Readonly<Record<string, string>> = {
  'SUB-505': 'this user has as many subscriptions as there may be: delete one that nobody uses',
  'SUB-520': 'the webhook did not give the token back: something in front of it drops headers',
  'SUB-521': 'RingCentral cannot reach the webhook: open a firewall for it, or correct PUBLIC_URL',
  'SUB-523': 'PUBLIC_URL must be https',
  'SUB-525': 'the answer of the webhook is too long or no JSON: something in front of it adds headers',
}

export function watchSentence(watched: Watched): string | undefined {
  if (watched.is === 'missing') {
    const { code } = watched
    return `RingCentral does not tell of events: ${EVENTS[code] ?? `it answered ${code}; run this again in a minute`}. Until then answers are found by asking every minute.`
  }
  const reasons = [...new Set(watched.disabled.map(({ reason }) => reason))]
  if (reasons.length === 0) return undefined
  return `RingCentral tells of some events only: ${reasons.join('; ')}. Add the permission at ${CONSOLE}.`
}
