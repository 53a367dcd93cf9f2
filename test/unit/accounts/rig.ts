import { Secret, TOTP } from 'otpauth'
import { openAccounts, type OpenedAccounts } from '../../../server/accounts/open.ts'
import { createKeyRing, type KeyRing } from '../../../server/accounts/keys.ts'
import { auditSigner, createAuditLog, type AuditLog } from '../../../server/audit/log.ts'
import { createSites, type Sites } from '../../../server/sites/registry.ts'
import { openDataKeys, type DataKeys } from '../../../server/store/data-keys.ts'
import { loadMasterKey } from '../../../server/store/key-file.ts'
import type { Store } from '../../../server/store/open.ts'
import type { Role } from '../../../server/store/tables.ts'
import { onTestFinished } from 'vitest'
import { dataFolder, listen, movedClock, openedStore, type MovedClock } from '../store/opened.ts'

export const PASSWORD = 'a gate over calm water'

/** Somebody with an account, and what they type. */
export interface Person {
  readonly id: string
  readonly email: string
  /** What the browser sends back: the cookie of the session that setting up began. */
  readonly cookie: string
  readonly recoveryCodes: readonly string[]
  /** The code that their authenticator shows now, or so many steps from now. */
  code(steps?: number): string
}

export interface Scene extends OpenedAccounts {
  readonly clock: MovedClock
  readonly dataDir: string
  readonly store: Store
  readonly audit: AuditLog
  readonly dataKeys: DataKeys
  readonly keys: KeyRing
  readonly sites: Sites
  readonly warnings: string[]
  /** Kinds of bursts that were told of. */
  readonly bursts: string[]
  /** Sets up the first account; moves the clock a step, so that the next code is another. */
  owner(email?: string): Promise<Person>
  /** Invites somebody and sets the account up. */
  person(email: string, role: Role, domains?: readonly string[]): Promise<Person>
  /** The same product in another process. */
  elsewhere(): Promise<OpenedAccounts & Pick<Scene, 'store'>>
}

export const TERMINAL = { actor: 'terminal' } as const

export function tokenOf(link: string): string {
  return /#set-up=([\w-]+)$/.exec(link)?.[1] ?? ''
}

/** What a browser sends back of a Set-Cookie header. */
export function cookieOf(setCookie: string): string {
  return setCookie.split(';')[0] ?? ''
}

export function codeOf(secret: string, now: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now })
}

export async function scene(
  options: { publicUrl?: string; demo?: boolean; keyWait?: () => number } = {},
): Promise<Scene> {
  const { publicUrl = 'http://127.0.0.1:8000', keyWait = () => 0 } = options
  const clock = movedClock()
  const dataDir = dataFolder()
  const { log, lines } = listen()
  const bursts: string[] = []
  const logs = { ...log, error: log.warn }

  async function open(): Promise<Omit<Scene, 'owner' | 'person' | 'elsewhere'>> {
    const store = await openedStore(dataDir)
    const master = loadMasterKey({ dataDir, log })
    const dataKeys = await openDataKeys({ store, master, clock })
    const audit = createAuditLog({ store, clock, signer: auditSigner(dataKeys.lasting) })
    const keys = createKeyRing({ store, clock, log, audit })
    const sites = createSites({ store, clock, audit })
    const demoSiteId = options.demo ? (await sites.add({ domain: 'localhost' })).id : undefined
    const people = openAccounts({
      store,
      clock,
      log: logs,
      dataKeys,
      audit,
      keys,
      sites,
      publicUrl,
      keyWait,
      onBurst: (kind) => void bursts.push(kind),
      demoSiteId,
    })
    // Before the store, which was opened first.
    onTestFinished(() => people.close())
    return { ...people, clock, dataDir, store, audit, dataKeys, keys, sites, warnings: lines, bursts }
  }

  const here = await open()

  async function setUp(link: string, email: string): Promise<Person> {
    const token = tokenOf(link)
    const { secret } = here.setUp.look(token)
    const code = (steps = 0): string => codeOf(secret, clock.now() + steps * 30_000)
    const done = await here.setUp.finish({ token, email, password: PASSWORD, code: code() }, undefined)
    const cookie = cookieOf(done.setCookie)
    clock.pass(30_000)
    return {
      id: here.sessions.verify(cookie)?.accountId ?? '',
      email,
      cookie,
      recoveryCodes: done.recoveryCodes,
      code,
    }
  }

  return {
    ...here,
    owner: async (email = 'owner@example.org') => setUp((await here.setUp.firstLink()) ?? '', email),
    person: async (email, role, domains) => {
      const sites = domains ? new Set(domains.map((domain) => here.sites.get(domain).id)) : 'all'
      const { id } = await here.accounts.add({ email, role, sites }, TERMINAL)
      return setUp(await here.setUp.makeLink(id, TERMINAL), email)
    },
    elsewhere: open,
  }
}
