import { Secret, TOTP } from 'otpauth'

/** Somebody with an account of a running product, as a program would make one: over HTTP. */
export interface HttpPerson {
  /** Header that signs requests in. */
  readonly cookie: string
  readonly recoveryCodes: string[]
  /** Of their authenticator, base32. */
  readonly secret: string
  /** What their authenticator shows now, or so many steps from now. */
  code(steps?: number): string
}

export const PASSWORD = 'a gate over calm water'

/** The one-time set-up link in what `sluice start` or `sluice user` printed; empty where there is none. */
export function setUpLinkIn(output: string): string {
  return /http\S+\/#set-up=[\w-]+/.exec(output)?.[0] ?? ''
}

/** The link to look at the demo. */
export function lookLinkIn(output: string): string {
  return /http\S+\/#look=[\w-]+/.exec(output)?.[0] ?? ''
}

/** Posts JSON as a page of the product would. */
export function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Opens a one-time set-up link and answers what its page asks for. */
export async function setUpAccount(link: string, email = 'owner@example.org'): Promise<HttpPerson> {
  const [base = '', token = ''] = link.split('#set-up=')
  const offer = await post(`${base}api/set-up/look`, { token })
  if (!offer.ok) throw new Error(`the link was answered ${offer.status}: ${await offer.text()}`)
  const { secret } = (await offer.json()) as { secret: string }
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = (steps = 0): string => totp.generate({ timestamp: Date.now() + steps * 30_000 })
  const done = await post(`${base}api/set-up`, { token, email, password: PASSWORD, code: code() })
  if (!done.ok) throw new Error(`setting up was answered ${done.status}: ${await done.text()}`)
  const { recoveryCodes } = (await done.json()) as { recoveryCodes: string[] }
  return { cookie: cookieOf(done), recoveryCodes, secret, code }
}

/** What a browser sends back of an answer's cookie; empty where it set none. */
export function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}
