import type { Channel } from './alerts.ts'
import { createMail } from './mail.ts'
import type { AlertSettings } from './settings.ts'
import { createWebhook } from './webhook.ts'

/** The ways that are set; none where none is. */
export function channelsOf({ webhook, mail }: AlertSettings = {}): Channel[] {
  return [...(webhook ? [createWebhook(webhook)] : []), ...(mail ? [createMail(mail)] : [])]
}
