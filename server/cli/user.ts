import { checkRole, createAccounts, type Accounts, type By, type Grants } from '../accounts/accounts.ts'
import { sessionCookie } from '../accounts/cookie.ts'
import { checkEmail } from '../accounts/email.ts'
import { createKeyRing } from '../accounts/keys.ts'
import { reviewAccess, reviewCsv, sitesOf as sitesInOne, type AccessReview } from '../accounts/review.ts'
import { createSealed } from '../accounts/sealed.ts'
import { createSessions } from '../accounts/sessions.ts'
import { createSetUp, type SetUp } from '../accounts/set-up.ts'
import { grantsOf, shownAccount } from '../accounts/shown.ts'
import { systemClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import { answer, table, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

const TERMINAL: By = { actor: 'terminal' }

/** `sluice user add <email> --role <role> [--site <domain>,…]`: prints the one-time link. */
export const addUser: Command = async (context, input) => {
  const email = emailOf(input)
  const role = input.text('role')
  if (role === undefined) throw new UsageError('--role is missing: `sluice user add --help` shows the roles.')
  const checked = typed(() => checkRole(role))
  const made = await withAccounts(context, async ({ accounts, setUp, sites }) => {
    const account = await accounts.add(
      { email, role: checked, sites: sitesOf(input, sites) ?? 'all' },
      TERMINAL,
    )
    return { ...shownAccount(account, sites), link: await setUp.makeLink(account.id, TERMINAL) }
  })
  answer(context, made, [made.link])
  hintOfLink(context)
}

/** `sluice user list`. */
export const listUsers: Command = async (context) => {
  const users = await withAccounts(context, ({ accounts, sites }) =>
    accounts.list().map((account) => shownAccount(account, sites)),
  )
  const rows = users.map((user) => [
    user.email,
    user.role,
    user.sites === 'all' ? 'all' : user.sites.join(','),
    user.setUp ? 'yes' : 'not yet',
    user.created.slice(0, 10),
  ])
  answer(
    context,
    { users },
    rows.length > 0
      ? table(['e-mail', 'role', 'sites', 'set up', 'created'], rows)
      : ['Nobody has an account: `sluice start` prints a link that makes the first one.'],
  )
}

/** `sluice user review [--csv]`: who may do what on which site, and what of it stands out. */
export const reviewUsers: Command = async (context, input) => {
  const review = await withAccounts(context, ({ store, accounts, sites }) =>
    reviewAccess({
      store,
      accounts,
      sites,
      keys: createKeyRing({ store, clock: systemClock, log: silentLog }),
      clock: systemClock,
    }),
  )
  if (input.claim('csv') === true) context.stdout.write(reviewCsv(review))
  else answer(context, review, linesOf(review))
}

function linesOf({ accounts, keys, shares }: AccessReview): string[] {
  const people = accounts.map((one) => [
    one.email,
    one.role,
    sitesInOne(one),
    one.may.join(' '),
    one.secondFactor ? 'yes' : 'no',
    String(one.passkeys),
    one.lastSignIn?.slice(0, 10) ?? 'never',
    one.standsOut.join('; '),
  ])
  const opened = keys.map((one) => [
    one.id,
    one.scope,
    one.site,
    one.may.join(' '),
    one.lastUsed ?? 'never',
    one.expires?.slice(0, 10) ?? 'never',
    one.standsOut.join('; '),
  ])
  const links = shares.map((one) => [
    one.id,
    one.name,
    one.site,
    one.lastOpened ?? 'never',
    one.expires?.slice(0, 10) ?? 'never',
    one.standsOut.join('; '),
  ])
  return [
    ...table(
      ['account', 'role', 'sites', 'may', 'second factor', 'passkeys', 'last sign-in', 'stands out'],
      people,
    ),
    '',
    ...table(['key', 'scope', 'site', 'may', 'last used', 'expires', 'stands out'], opened),
    '',
    ...table(['share link', 'name', 'site', 'last opened', 'expires', 'stands out'], links),
  ]
}

/** `sluice user set <email> [--role <role>] [--site <domain>,…] [--link]`. */
export const setUser: Command = async (context, input) => {
  const [email, role, wantsLink] = [emailOf(input), input.text('role'), input.claim('link') === true]
  const checked = role === undefined ? undefined : typed(() => checkRole(role))
  if (role === undefined && input.text('site') === undefined && !wantsLink) {
    throw new UsageError('Nothing to set: give --role, --site or --link.')
  }
  const done = await withAccounts(context, async ({ accounts, setUp, sites }) => {
    const { id } = accounts.byEmail(email)
    const grants = sitesOf(input, sites)
    const isChange = checked !== undefined || grants !== undefined
    const account = isChange
      ? await accounts.set(id, { role: checked, sites: grants }, TERMINAL)
      : accounts.get(id)
    return {
      ...shownAccount(account, sites),
      ...(wantsLink && { link: await setUp.makeLink(id, TERMINAL) }),
    }
  })
  const where = done.sites === 'all' ? 'all sites' : done.sites.join(', ')
  answer(context, done, done.link === undefined ? [`Now ${done.role} of ${where}.`] : [done.link])
  if (done.link !== undefined) hintOfLink(context)
}

/** `sluice user remove <email>`. */
export const removeUser: Command = async (context, input) => {
  const email = emailOf(input)
  const id = await withAccounts(context, async ({ accounts }) => {
    const account = accounts.byEmail(email)
    await accounts.remove(account.id, TERMINAL)
    return account.id
  })
  answer(context, { removed: id }, [`The account is deleted. The audit log goes on calling it ${id}.`])
}

function hintOfLink(context: CliContext): void {
  if (context.json) return
  context.stderr.write(
    'Send it on a way that only they read: it sets password and authenticator, once, within a day.\n',
  )
}

function emailOf(input: Input): string {
  return typed(() => checkEmail(input.words[0] ?? ''))
}

function sitesOf(input: Input, sites: Sites): Grants | undefined {
  const text = input.text('site')
  if (text === undefined || text === 'all') return text
  return grantsOf(
    text.split(',').filter((domain) => domain !== ''),
    sites,
  )
}

/** Links are made here, and used in the browser. */
const inBrowser = () => Promise.reject(new Error('no account is set up in the terminal'))

function withAccounts<T>(
  context: CliContext,
  act: (parts: { store: Store; accounts: Accounts; setUp: SetUp; sites: Sites }) => Promise<T> | T,
): Promise<T> {
  const { publicUrl } = context.config
  return withAudit(context, (store, audit, { data }) => {
    const clock = systemClock
    const sealed = createSealed(data)
    const accounts = createAccounts({ store, clock, sealed, audit })
    const sessions = createSessions({ store, clock, log: silentLog, cookie: sessionCookie(publicUrl) })
    const passwords = { hash: inBrowser }
    const passkeys = { askToMake: inBrowser, made: inBrowser, add: inBrowser }
    const setUp = createSetUp({
      store,
      clock,
      sealed,
      audit,
      accounts,
      passwords,
      passkeys,
      sessions,
      publicUrl,
    })
    return act({ store, accounts, setUp, sites: createSites({ store, clock }) })
  })
}
