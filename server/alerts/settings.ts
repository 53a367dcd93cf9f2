import { isIP } from 'node:net'
import { UserError } from '../errors.ts'
import { isLoopbackHost, isPublicAddress } from './reachable.ts'

/** Where alerts go to; without any they stay in the log, the audit log and the metrics. */
export interface AlertSettings {
  readonly webhook?: WebhookSettings
  readonly mail?: MailSettings
}

export interface WebhookSettings {
  readonly url: string
  /** What the messages are signed with. */
  readonly secret: string
}

export interface MailSettings {
  /** `smtps://user:password@host:465` or `smtp://host:587`. */
  readonly smtpUrl: string
  /** Whom it goes to, and in whose name. */
  readonly to: string
}

/** Shorter ones could be tried out by whoever sees a message. */
const LEAST_SECRET = 16

/** Throws UserError where it is not an https address, or one of this machine. */
export function parseWebhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url !== undefined && isLoopbackHost(url.hostname)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) {
    throw new UserError('SLUICE_ALERT_WEBHOOK must be an https address, or an http one of this machine')
  }
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!isHere && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    throw new UserError('SLUICE_ALERT_WEBHOOK must not be an address of a private network')
  }
  return url.href
}

/** Throws UserError for one that is too short. */
export function parseAlertSecret(text: string): string {
  if (text.length < LEAST_SECRET) {
    throw new UserError(`SLUICE_ALERT_SECRET must have ${LEAST_SECRET} characters at least`)
  }
  return text
}

/** Throws UserError for what is no address of a mail server. */
export function parseSmtpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new UserError('SLUICE_SMTP_URL must be like smtps://user:password@mail.example.com:465')
  }
  return text
}

/** The ways of which both halves are set; undefined where none is. */
export function alertSettings(given: {
  webhook: string | undefined
  secret: string | undefined
  smtpUrl: string | undefined
  to: string | undefined
}): AlertSettings | undefined {
  const { webhook: url, secret, smtpUrl, to } = given
  const settings: AlertSettings = {
    ...(url !== undefined && secret !== undefined && { webhook: { url, secret } }),
    ...(smtpUrl !== undefined && to !== undefined && { mail: { smtpUrl, to } }),
  }
  return settings.webhook || settings.mail ? settings : undefined
}
