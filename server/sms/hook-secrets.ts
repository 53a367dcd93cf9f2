import { createHmac } from 'node:crypto'
import type { HookAddress } from '../../sms/index.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'

/** Where RingCentral posts events; behind it is a secret. */
export const HOOK_PATH = '/sms/webhooks/ringcentral/'

/** What only this installation and its provider know. Made of the key, so that they are the same after a restart. */
export interface HookSecrets {
  /** Last part of the hook's path. */
  readonly path: string
  /** What each event has to carry. */
  readonly verificationToken: string
  /** Names an event by what it says, and tells nothing of it. */
  readonly fingerprint: (text: string) => string
}

const BYTES = 24

export function hookSecrets(lasting: LastingKey): HookSecrets {
  const secret = (purpose: string): string =>
    Buffer.from(deriveKey(lasting, purpose, BYTES)).toString('base64url')
  const key = deriveKey(lasting, 'sms event names', 32)
  return {
    path: secret('sms webhook path'),
    verificationToken: secret('sms webhook token'),
    fingerprint: (text) => createHmac('sha256', key).update(text).digest('base64url'),
  }
}

/** Where the provider is told to post to. */
export function hookAddress(publicUrl: string, secrets: HookSecrets): HookAddress {
  return { address: `${publicUrl}${HOOK_PATH}${secrets.path}`, verificationToken: secrets.verificationToken }
}
