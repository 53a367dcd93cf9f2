import type { Transporter } from 'nodemailer'
import type { Alert, Channel } from './alerts.ts'
import { isLoopbackHost } from './reachable.ts'
import type { MailSettings } from './settings.ts'

/** For connecting, for the greeting and for each answer. */
const ANSWER_MS = 5_000

/**
 * A connection to a mail server, for one mail. Over smtp:// it goes on by STARTTLS or not at all, unless the mail server
 * is this machine.
 */
export async function openTransport(smtpUrl: string): Promise<Transporter> {
  const isHere = isLoopbackHost(new URL(smtpUrl).hostname)
  // Loaded here: most servers never send any.
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url: smtpUrl,
    ...(isHere ? { ignoreTLS: true } : { requireTLS: true }),
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * Sends alerts by SMTP, from the address that they go to.
 */
export function createMail({ smtpUrl, to }: MailSettings): Channel {
  const host = to.split('@').at(-1)
  return {
    name: 'e-mail',
    send: async (alert) => {
      const transport = await openTransport(smtpUrl)
      try {
        // Mailboxes show one that comes twice once.
        const messageId = `<${alert.id}@${host}>`
        await transport.sendMail({ from: to, to, messageId, subject: subjectOf(alert), text: textOf(alert) })
        return undefined
      } catch (error) {
        return reasonOf(error)
      } finally {
        transport.close()
      }
    },
  }
}

function subjectOf({ kind, server }: Alert): string {
  return server === null ? `Sluice: ${kind}` : `Sluice on ${server}: ${kind}`
}

function textOf({ text, count, what, since, time }: Alert): string {
  const kinds = what.length === 0 ? '' : ` (${what.join(', ')})`
  return [
    text,
    '',
    `${count} ${count === 1 ? 'time' : 'times'}${kinds}, first at ${since}.`,
    `Sent at ${time}.`,
    '',
  ].join('\n')
}

/** The kind of an error and the reply code: messages of mail servers quote addresses. */
export function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  const kind = typeof code === 'string' ? code : 'it was not taken'
  return typeof responseCode === 'number' ? `${kind}, reply ${responseCode}` : kind
}
