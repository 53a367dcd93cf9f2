import type { IncomingMessage } from 'node:http'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createShareLinks, type ShareLinks } from '../shares/links.ts'
import type { Sites } from '../sites/registry.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { createAccess, type Access } from './access.ts'
import { createAccounts, type Accounts } from './accounts.ts'
import { createAlarm, type Alarm, type BurstKind } from './alarm.ts'
import { createAttempts } from './attempts.ts'
import { createChallenges } from './challenges.ts'
import { sessionCookie } from './cookie.ts'
import { createGuests, type Guests } from './guests.ts'
import type { KeyRing } from './keys.ts'
import { createOwn, type Own } from './own.ts'
import { createPasskeySignIn, type PasskeySignIn } from './passkey-sign-in.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createPasswords } from './password.ts'
import { createRates } from './rates.ts'
import { createRelyingParty } from './relying-party.ts'
import { createSealed } from './sealed.ts'
import { createSecondFactor } from './second-factor.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSetUp, type SetUp } from './set-up.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createTally } from './tally.ts'
import { createTries, type Tries } from './tries.ts'

/** Everything that knows people: who they are, what they may do, how they get in. */
export interface OpenedAccounts {
  readonly access: Access
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly setUp: SetUp
  readonly own: Own
  readonly passkeys: Passkeys
  readonly passkeySignIn: PasskeySignIn
  readonly alarm: Alarm
  readonly tries: Tries
  readonly shares: ShareLinks
  /** In a demo. */
  readonly guests: Guests | undefined
  /** Writes what is not written yet, and stops. Idempotent. */
  close(): Promise<void>
}

export function openAccounts(parts: {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn' | 'error'>
  dataKeys: DataKeys
  audit: AuditLog
  keys: KeyRing
  sites: Sites
  /** Decides name, path and flags of the cookie, and where links point. */
  publicUrl: string
  /** Counts a key that is none by the network that sent it; answers the seconds to wait. */
  keyWait(request: IncomingMessage): number
  /** Called once for each burst that is blocked. */
  onBurst(kind: BurstKind): void
  /** Whoever opens the demo's link may ask about this site. */
  demoSiteId?: number | undefined
}): OpenedAccounts {
  const { store, clock, log, audit, publicUrl, demoSiteId } = parts
  const cookie = sessionCookie(publicUrl)
  const sealed = createSealed(parts.dataKeys)
  const passwords = createPasswords()
  const accounts = createAccounts({ store, clock, sealed, audit })
  const sessions = createSessions({ store, clock, log, cookie })
  const guests =
    demoSiteId === undefined ? undefined : createGuests({ siteId: demoSiteId, clock, cookie, publicUrl })
  const tally = createTally({ audit, log })
  const alarm = createAlarm({ audit, clock, log, onBurst: parts.onBurst })
  const passkeys = createPasskeys({
    store,
    clock,
    sealed,
    audit,
    challenges: createChallenges(clock),
    relyingParty: createRelyingParty(publicUrl),
  })
  const passkeyCookie = sessionCookie(publicUrl, 'sluice_passkey')
  const secondFactor = createSecondFactor({ store, clock, sealed, audit, passkeys })
  const tries = createTries({ attempts: createAttempts(clock), tally, alarm })
  const shares = createShareLinks({ ...parts, lasting: parts.dataKeys.lasting, passwords })
  const all = {
    store,
    clock,
    sealed,
    audit,
    accounts,
    passwords,
    passkeys,
    sessions,
    secondFactor,
    tries,
    passkeyCookie,
    publicUrl,
  }
  return {
    access: createAccess({
      ...parts,
      accounts,
      sessions,
      guests,
      shares,
      alarm,
      rates: createRates({ clock, alarm }),
    }),
    accounts,
    sessions,
    guests,
    shares,
    tries,
    alarm,
    signIn: createSignIn(all),
    setUp: createSetUp(all),
    own: createOwn(all),
    passkeys,
    passkeySignIn: createPasskeySignIn(all),
    close: async () => {
      await Promise.all([tally.close(), alarm.settled(), sessions.settled(), shares.settled()])
    },
  }
}
