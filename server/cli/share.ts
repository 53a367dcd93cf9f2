import { expiryOf } from '../accounts/keys.ts'
import { createPasswords } from '../accounts/password.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { silentLog } from '../log.ts'
import { createShareLinks, type ShareLinks } from '../shares/links.ts'
import { shownLink } from '../shares/route.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import { answer, table, typed, UsageError, type CliContext, type Command } from './context.ts'
import { readFilter } from './query.ts'
import { readSecretLine } from './read-file.ts'
import { withAudit } from './with-store.ts'

/** `sluice share create --site <domain> --name <text> [--password-file …] [--expires 30d] [--filter …] [--embed …]`. */
export const createShare: Command = async (context, input) => {
  const [site, name] = [input.text('site'), input.text('name')]
  if (site === undefined) throw new UsageError('--site is missing: write --site <domain>.')
  if (name === undefined) throw new UsageError('--name is missing: say what the link is for.')
  const domain = typed(() => normalizeDomain(site))
  const [file, expires] = [input.text('password-file'), input.text('expires')]
  const expiresAt = expires === undefined ? undefined : typed(() => expiryOf(expires, systemClock.now()))
  const filters = typed(() => input.texts('filter').map(readFilter))
  const password = file === undefined ? undefined : await readSecretLine(file)
  const made = await withShares(context, ({ shares, sites }) =>
    shares.create(sites.get(domain), { name, password, expiresAt, filters, embed: input.texts('embed') }),
  )
  answer(context, made, [made.link])
  if (!context.json) {
    context.stderr.write(
      `Keep it now: it is not stored and will not be shown again. Whoever has it sees ${domain}; \`sluice share revoke ${made.id}\` ends it.\n`,
    )
  }
}

/** `sluice share list [--site <domain>]`. */
export const listShares: Command = async (context, input) => {
  const domain = input.text('site')
  const links = await withShares(context, ({ shares, sites }) => {
    const site = domain === undefined ? undefined : sites.get(domain)
    const domains = new Map(sites.list().map(({ id, domain: name }) => [id, name]))
    return shares.list(site?.id).map((link) => ({ link, site: domains.get(link.siteId) ?? null }))
  })
  const rows = links.map(({ link, site }) => [
    link.id,
    site ?? '(removed)',
    link.name,
    link.hasPassword ? 'yes' : 'no',
    dayOf(link.createdAt),
    link.lastOpenedDay ?? 'never',
    link.expiresAt === undefined ? 'never' : dayOf(link.expiresAt),
    link.revokedAt === undefined ? '' : dayOf(link.revokedAt),
  ])
  answer(
    context,
    { links: links.map(({ link, site }) => Object.assign({ site }, shownLink(link))) },
    rows.length > 0
      ? table(['id', 'site', 'name', 'password', 'created', 'last opened', 'expires', 'revoked'], rows)
      : ['There is no share link: `sluice share create` makes one.'],
  )
}

/** `sluice share revoke <id>`. */
export const revokeShare: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withShares(context, async ({ shares }) => {
    const known = shares.list().find((link) => link.id === id)
    if (!known) {
      throw new UserError(
        `There is no share link with the id ${JSON.stringify(id.slice(0, 80))}: \`sluice share list\` shows them.`,
        404,
      )
    }
    await shares.revoke(known.siteId, id)
  })
  answer(context, { revoked: id }, [`The share link ${id} is revoked.`])
}

function withShares<T>(
  context: CliContext,
  act: (parts: { shares: ShareLinks; sites: Sites }) => Promise<T> | T,
): Promise<T> {
  return withAudit(context, (store, audit, { data }) => {
    const shares = createShareLinks({
      store,
      clock: systemClock,
      log: silentLog,
      lasting: data.lasting,
      audit,
      passwords: createPasswords(),
      publicUrl: context.config.publicUrl,
    })
    return act({ shares, sites: createSites({ store, clock: systemClock }) })
  })
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
