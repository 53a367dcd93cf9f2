import { checkScope, expiryOf, createKeyRing, type KeyRing } from '../accounts/keys.ts'
import { systemClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import { answer, table, typed, type CliContext, type Command } from './context.ts'
import { required } from './required.ts'
import { withAudit } from './with-store.ts'

/** `sluice key create --site <domain> --scope <scope> [--expires 90d]`. */
export const createKey: Command = async (context, input) => {
  const domain = typed(() => normalizeDomain(required(input, 'site', '<domain>')))
  const scope = typed(() => checkScope(required(input, 'scope', 'query|ingest|admin|sms')))
  const expires = input.text('expires')
  const expiresAt = expires === undefined ? undefined : typed(() => expiryOf(expires, systemClock.now()))
  const made = await withKeys(context, ({ keys, sites }) =>
    keys.create({ siteId: sites.get(domain).id, scope, expiresAt }),
  )
  answer(context, { key: made.key, id: made.id }, [made.key])
  if (!context.json) {
    context.stderr.write(
      `Keep it now: it is not stored and will not be shown again. \`sluice key revoke ${made.id}\` ends it.\n`,
    )
  }
}

/** `sluice key list [--site <domain>]`. */
export const listKeys: Command = async (context, input) => {
  const domain = input.text('site')
  const keys = await withKeys(context, (parts) => {
    const site = domain === undefined ? undefined : parts.sites.get(domain)
    const domains = new Map(parts.sites.list().map(({ id, domain: name }) => [id, name]))
    return parts.keys.list(site?.id).map((key) => ({
      id: key.id,
      // Keys of a removed site are revoked, and stay in the list without a name.
      site: domains.get(key.siteId) ?? null,
      scope: key.scope,
      created: new Date(key.createdAt).toISOString(),
      lastUsed: key.lastUsedDay ?? null,
      expires: key.expiresAt === undefined ? null : new Date(key.expiresAt).toISOString(),
      revoked: key.revokedAt === undefined ? null : new Date(key.revokedAt).toISOString(),
    }))
  })
  const rows = keys.map((key) => [
    key.id,
    key.site ?? '(removed)',
    key.scope,
    key.created.slice(0, 10),
    key.lastUsed ?? 'never',
    key.expires?.slice(0, 10) ?? 'never',
    key.revoked?.slice(0, 10) ?? '',
  ])
  answer(
    context,
    { keys },
    rows.length > 0
      ? table(['id', 'site', 'scope', 'created', 'last used', 'expires', 'revoked'], rows)
      : ['There is no key: `sluice key create` makes one.'],
  )
}

/** `sluice key revoke <id>`. */
export const revokeKey: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withKeys(context, ({ keys }) => keys.revoke(id))
  answer(context, { revoked: id }, [`The key ${id} is revoked.`])
}

function withKeys<T>(
  context: CliContext,
  act: (parts: { keys: KeyRing; sites: Sites }) => Promise<T> | T,
): Promise<T> {
  return withAudit(context, (store, audit) =>
    act({
      keys: createKeyRing({ store, clock: systemClock, log: silentLog, audit }),
      sites: createSites({ store, clock: systemClock }),
    }),
  )
}
