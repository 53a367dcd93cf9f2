import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { systemClock } from '../clock.ts'
import { sitesToVerify, verifySite } from '../consent/audit.ts'
import { exportLedger } from '../consent/export.ts'
import { createHeads } from '../consent/heads.ts'
import { consentSigner } from '../consent/open.ts'
import { verifyExport, type FileVerification } from '../consent/verify-export.ts'
import type { Verification } from '../consent/verify.ts'
import { createWriter } from '../consent/writer.ts'
import { UserError } from '../errors.ts'
import { isCalendarDay } from '../query/calendar.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites } from '../sites/registry.ts'
import { answer, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

/**
 * `sluice consent verify [--site <domain>] [--file <export>] [--key <public key>]`: the store's ledgers, or an export
 * by itself, or (site and file) the store against an earlier export. Exit code 1 with what is wrong.
 */
export const verifyConsent: Command = async (context, input) => {
  const [file, key, domain] = [input.text('file'), input.text('key'), domainOf(input)]
  if (key !== undefined && file === undefined) {
    throw new UsageError('--key is for --file: the store is verified with the key of this installation.')
  }
  const exported = file === undefined ? undefined : await verifyExport(linesOf(file), key)
  if (exported && domain !== undefined && exported.site !== domain) {
    throw new UsageError(`The export is of ${exported.site}: leave --site out, or name that one.`)
  }
  const stored = exported && domain === undefined ? [] : await verifyStore(context, domain, exported)
  const all = [...(exported ? [exported] : []), ...stored]
  const isWhole = all.every(({ faults }) => faults.length === 0)
  answer(
    context,
    {
      ok: isWhole,
      ledgers: all.map(({ site, rows, removed, heads, faults }) => ({ site, rows, removed, heads, faults })),
      ...(exported && { key: exported.publicKey.x }),
    },
    [
      ...all.flatMap(describe),
      ...(exported && key === undefined
        ? [
            `The export is signed with the key ${exported.publicKey.x}: compare it with /.well-known/sluice-consent.json, or give it as --key.`,
          ]
        : []),
      ...(all.length === 0 ? ['No choice has been made yet: there is nothing to verify.'] : []),
    ],
  )
  return isWhole ? 0 : 1
}

/** `sluice consent export --site <domain> [--from <day>] [--to <day>]`: the proof as NDJSON. */
export const exportConsent: Command = async (context, input) => {
  const domain = domainOf(input)
  if (domain === undefined) throw new UsageError('--site is missing: write --site <domain>.')
  const [from, to] = [dayOf(input, 'from'), dayOf(input, 'to')]
  await withAudit(context, async (store, audit, { data }) => {
    const signer = consentSigner(data.lasting)
    const { id } = createSites({ store, clock: systemClock }).get(domain)
    // What is exported is signed, and what was changed must not be: a new signature would hide it.
    const { faults } = await verifySite(store, id, signer.publicKey)
    if (faults.length > 0) {
      throw new UserError(
        `The ledger of ${domain} is not as it was written and is not exported: \`sluice consent verify\` says what is wrong.`,
      )
    }
    const heads = createHeads({ store, writer: createWriter(store), signer, clock: systemClock })
    await heads.sign(id)
    await audit.record({
      actor: 'terminal',
      action: 'consent.exported',
      site: domain,
      detail: { from: from ?? '', to: to ?? '' },
    })
    for await (const line of exportLedger({ store, signer, clock: systemClock, siteId: id, from, to })) {
      context.stdout.write(line)
    }
  })
}

function verifyStore(
  context: CliContext,
  domain: string | undefined,
  exported: FileVerification | undefined,
): Promise<Verification[]> {
  return withAudit(context, async (store, _audit, { data }) => {
    const { publicKey } = consentSigner(data.lasting)
    const ids =
      domain === undefined
        ? await sitesToVerify(store)
        : [createSites({ store, clock: systemClock }).get(domain).id]
    const found: Verification[] = []
    for (const id of ids) found.push(await verifySite(store, id, publicKey, exported?.signedHeads))
    return found
  })
}

function describe({ site, rows, removed, heads, faults }: Verification): string[] {
  if (faults.length === 0) {
    const gone = removed === 0 ? '' : ` ${removed} rows were removed when their time had passed.`
    return [`${site}: ${rows} rows and ${heads} signed heads, all as they were written.${gone}`]
  }
  return [`${site}: ${rows} rows, and this is wrong:`, ...faults.map((fault) => `  ${fault}`)]
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file'
    throw new UserError(`${file} cannot be read (${code}): name an export that is there.`)
  }
}

function domainOf(input: Input): string | undefined {
  const text = input.text('site')
  return text === undefined ? undefined : typed(() => normalizeDomain(text))
}

function dayOf(input: Input, flag: 'from' | 'to'): string | undefined {
  const day = input.text(flag)
  if (day !== undefined && !isCalendarDay(day)) {
    throw new UsageError(`--${flag} needs a day: write --${flag} 2026-11-01.`)
  }
  return day
}
