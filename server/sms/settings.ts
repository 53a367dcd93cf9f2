import type { RingCentralSettings } from '../../sms/index.ts'
import { isLoopbackHost } from '../alerts/reachable.ts'
import { UserError } from '../errors.ts'

// Read with every command: so it loads nothing of the SMS module.

const RINGCENTRAL_URL = 'https://platform.ringcentral.com'

/** Throws UserError for an address that numbers and texts must not be sent to. */
export function parseRingCentralUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url?.protocol === 'http:' && isLoopbackHost(url.hostname)
  if (!url || url.username !== '' || !(url.protocol === 'https:' || isHere)) {
    throw new UserError('SLUICE_SMS_RINGCENTRAL_URL must be an https address, or an http one of this machine')
  }
  return url.origin
}

/** Throws UserError for what is no JSON web token. */
export function parseJwt(text: string): string {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) {
    throw new UserError(
      'SLUICE_SMS_RINGCENTRAL_JWT must be a JSON web token, three parts with dots between them',
    )
  }
  return text
}

/** The account, where all of it is set; undefined where nothing or something is missing. */
export function ringCentralSettings(given: {
  url: string | undefined
  clientId: string | undefined
  clientSecret: string | undefined
  jwt: string | undefined
}): RingCentralSettings | undefined {
  const { url = RINGCENTRAL_URL, clientId, clientSecret, jwt } = given
  if (clientId === undefined || clientSecret === undefined || jwt === undefined) return undefined
  return { url, clientId, clientSecret, jwt }
}
