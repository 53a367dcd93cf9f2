/** The account messages are sent by. All of it but the address is secret. */
export interface RingCentralSettings {
  /** `https://platform.ringcentral.com`, or a simulator on this machine. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** A credential for years: it is given for access tokens and for nothing else. */
  readonly jwt: string
}

/**
 * The address without a path, or undefined for one that numbers and texts must not be sent to: they travel over TLS, or
 * within this machine.
 */
export function baseUrlOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.username !== '' || url.password !== '') return undefined
  if (url.protocol === 'https:') return url.origin
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  return url.protocol === 'http:' && isHere ? url.origin : undefined
}
