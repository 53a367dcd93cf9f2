import type { Session } from '../../../server/accounts/sessions.ts'
import type { UserError } from '../../../server/errors.ts'
import { createAuthenticator, type Authenticator, type Oddities } from '../../support/authenticator.ts'
import { cookieOf, scene, type Person, type Scene } from './rig.ts'

export const HERE = 'https://stats.example.org'

export function sessionOf(all: Scene, cookie: string): Session {
  const session = all.sessions.verify(cookie)
  if (!session) throw new Error('not signed in')
  return session
}

export async function refusal(act: Promise<unknown>): Promise<UserError> {
  return act.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as UserError,
  )
}

/** Adds a passkey to somebody's account, within the session that their cookie holds. */
export async function enrol(
  all: Scene,
  person: Person,
  authenticator: Authenticator,
  odd?: Oddities,
): Promise<void> {
  const { name: session } = sessionOf(all, person.cookie)
  const options = await all.passkeys.askToMake(session, { handle: person.id, name: person.email }, person.id)
  const made = await all.passkeys.made(session, authenticator.make(options, odd))
  await all.store.transaction((transaction) => all.passkeys.add(transaction, person.id, ' Phone ', made))
}

/** Signs in as a browser does: text of the Set-Cookie header. */
export async function signIn(all: Scene, authenticator: Authenticator, odd?: Oddities): Promise<string> {
  const { options, setCookie } = await all.passkeySignIn.ask()
  return all.passkeySignIn.signIn(authenticator.show(options, odd), cookieOf(setCookie))
}

/** An owner with a passkey. */
export async function enrolled(
  odd?: Oddities,
): Promise<{ all: Scene; owner: Person; authenticator: Authenticator }> {
  const all = await scene({ publicUrl: HERE })
  const owner = await all.owner()
  const authenticator = createAuthenticator(HERE)
  await enrol(all, owner, authenticator, odd)
  return { all, owner, authenticator }
}

export async function actions(all: Scene): Promise<string[]> {
  return (await all.audit.list({ limit: 100 })).map(({ actor, action }) => `${actor} ${action}`).toReversed()
}
