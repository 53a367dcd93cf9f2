import type { IncomingMessage } from 'node:http'
import type { ClientIp } from '../../schema/brand.ts'
import type { OptionalCategory, SweepList } from '../../schema/consent.ts'
import type { ConsentNotice, PolicyManifest, PolicyVersion } from '../../schema/policy.ts'
import type { Site } from '../../schema/site.ts'
import { createSigner, type Signer } from '../chain/signer.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'
import type { Store } from '../store/open.ts'
import { createBurstGuard } from '../http/burst.ts'
import { createCounts, type ConsentCounts } from './counts.ts'
import { createDecide, type ConsentFacts, type Decide, type PolicySource } from './decide.ts'
import { createDocuments, findDocument } from './documents.ts'
import { createExpiry } from './expiry.ts'
import { createHeads } from './heads.ts'
import { chainOf } from './ledger.ts'
import { signReceipt } from './receipt.ts'
import { eraseReceipt, findReceipt } from './receipts.ts'
import { createConsentRoute, type ConsentRoute } from './route.ts'
import { createFindNotice } from './shown.ts'
import { createTokens, type Tokens } from './token.ts'
import { createWriter } from './writer.ts'

export interface ConsentParts {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn' | 'error'>
  lasting: LastingKey
  audit: Pick<AuditLog, 'append'>
  policies: PolicySource
  /** Every notice that the server can show of a version: each language, with and without the objection. */
  notices(site: Site, version: PolicyVersion): readonly ConsentNotice[]
  sweepLists(version: PolicyVersion, categories: readonly OptionalCategory[]): SweepList[]
  findSite(domain: string): Site | undefined
  originAllowed(site: Site, origin: string | undefined): boolean
  facts(request: IncomingMessage): ConsentFacts & { readonly ip: ClientIp }
  /** Counts a request that was refused, by status. */
  onFault(status: number): void
  /** Told what tied a receipt to the ledger, once it is erased. */
  onErased?: ((commitment: string) => Promise<void>) | undefined
}

/** The consent side of the server: what takes choices, proves them and counts them. */
export interface Consent {
  readonly route: ConsentRoute
  /** For the choices page, which is a form. */
  readonly decide: Decide
  /** For the collector: what a batch's token covers. */
  readonly tokens: Pick<Tokens, 'check'>
  /** For the configuration of the undecided, and for the query API. */
  readonly counts: Pick<ConsentCounts, 'shown' | 'read'>
  readings(): Reading[]
  /** Signs the heads, writes the counts that are in memory and stops. Idempotent. */
  close(): Promise<void>
}

/** How often heads are signed: what is not signed yet could be cut off unseen. */
const SIGN_MS = 15 * 60_000
/** How often it is looked for rows whose time has passed. They go by the day, but a server may not run all day. */
const EXPIRE_MS = 3_600_000

/** The key that signs heads and receipts; the same for as long as the installation is. */
export function consentSigner(lasting: LastingKey): Signer {
  return createSigner(deriveKey(lasting, 'consent ledger', 32))
}

export function openConsent(parts: ConsentParts): Consent {
  const { store, clock, log, lasting, policies } = parts
  const writer = createWriter(store)
  const signer = consentSigner(lasting)
  const tokens = createTokens({ key: deriveKey(lasting, 'consent token', 32), clock })
  const documents = createDocuments({ store, writer })
  const heads = createHeads({ store, writer, signer, clock })
  const counts = createCounts({ store, writer, clock, log })
  let unknownNotices = 0
  const decide = createDecide({
    clock,
    policies,
    findNotice: createFindNotice({ notices: parts.notices, documents }),
    sweepLists: parts.sweepLists,
    documents,
    writer,
    tokens,
    onUnknownNotice: () => void unknownNotices++,
  })
  const route = createConsentRoute({
    ...parts,
    guard: createBurstGuard({ clock }),
    decide,
    tokens,
    async receipt(id) {
      const known = await findReceipt(store.db, id)
      if (!known) return undefined
      const { site } = await chainOf(store.db, known.receipt.site_id)
      const policy = await findDocument(store.db, known.latest.policy_hash)
      if (policy?.kind !== 'policy') throw new Error('the policy of a consent is missing')
      const manifest = JSON.parse(policy.document) as PolicyManifest
      return signReceipt({ id, site, row: known.latest, manifest, signer })
    },
    erase: (id) => eraseReceipt({ store, writer, clock, onErased: parts.onErased }, id),
    notice: (hash) => documents.notice(hash),
    publicKey: signer.publicKey,
    latestHead: (site) => heads.latest(site.id),
  })

  const signing = setInterval(() => {
    heads.signAll().catch((error: unknown) => {
      log.warn({ err: describe(error) }, 'the heads of the consent ledger could not be signed')
    })
  }, SIGN_MS)

  const expiry = createExpiry({ store, writer, audit: parts.audit, signer, clock })
  let running: Promise<unknown> | undefined
  const expiring = setInterval(() => {
    running ??= expiry
      .run()
      .catch((error: unknown) => {
        log.warn(
          { err: describe(error) },
          'rows of the consent ledger whose time has passed could not be removed',
        )
      })
      .finally(() => {
        running = undefined
      })
  }, EXPIRE_MS)

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    clearInterval(signing)
    clearInterval(expiring)
    expiry.close()
    await running
    try {
      await heads.signAll()
    } finally {
      await counts.stop()
      await writer.settled()
    }
  }

  return {
    route,
    decide,
    tokens,
    counts,
    readings: () => [
      {
        name: 'sluice_consent_unknown_notices_total',
        help: 'Choices that named a notice which this server did not make; they are kept without it.',
        kind: 'counter',
        read: () => unknownNotices,
      },
    ],
    close: () => (closed ??= close()),
  }
}
