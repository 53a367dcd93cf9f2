import { systemClock } from '../clock.ts'
import type { EmailCampaign, MailParts } from '../../schema/email.ts'
import type { AuditLog } from '../audit/log.ts'
import { recordAll } from '../beacons/admin-route.ts'
import { createCampaigns, type Campaigns } from '../beacons/campaigns.ts'
import { decisionsOfCsv } from '../beacons/csv.ts'
import { emailSigner, verifyEmailLedger, type EmailLedgerVerification } from '../beacons/ledger.ts'
import { createMint } from '../beacons/mint.ts'
import { createRecipients, type Recipients } from '../beacons/recipients.ts'
import { createMailTokens } from '../beacons/token.ts'
import { UserError } from '../errors.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type SiteRecord } from '../sites/registry.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { answer, table, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { readWhole } from './read-file.ts'
import { required } from './required.ts'
import { withAudit } from './with-store.ts'

/** `sluice beacon add <campaign> --site <domain> --mode <mode> [--link <url>]…`. */
export const addCampaign: Command = async (context, input) => {
  const name = campaignOf(input)
  const mode = required(input, 'mode', 'off|aggregate|identified')
  const links = input.texts('link')
  const campaign = await withMails(context, input, async ({ campaigns, site, audit }) => {
    const made = await campaigns.put(site.id, { name, mode, links })
    await audit.record({
      actor: 'terminal',
      action: 'campaign.changed',
      site: site.domain,
      detail: { mode: made.mode },
    })
    return made
  })
  answer(context, { campaign }, [`${name} is ${campaign.mode}, with ${campaign.links.length} links.`])
}

/** `sluice beacon list --site <domain>`. */
export const listCampaigns: Command = async (context, input) => {
  const campaigns = await withMails(context, input, ({ campaigns: all, site }) => all.list(site.id))
  const rows = campaigns.map(({ name, mode, created, links, sends }: EmailCampaign) => [
    name,
    mode,
    created.slice(0, 10),
    String(links.length),
    String(sends),
  ])
  answer(
    context,
    { campaigns },
    rows.length > 0
      ? table(['campaign', 'mode', 'made', 'links', 'mails'], rows)
      : ['There is no campaign: `sluice beacon add` makes one.'],
  )
}

/** `sluice beacon remove <campaign> --site <domain>`. */
export const removeCampaign: Command = async (context, input) => {
  const name = campaignOf(input)
  await withMails(context, input, async ({ campaigns, site, audit }) => {
    // Throws where there is none.
    await campaigns.get(site.id, name)
    await campaigns.remove(site.id, name)
    await audit.record({ actor: 'terminal', action: 'campaign.removed', site: site.domain })
  })
  answer(context, { removed: name }, [
    `${name} has ended: nothing of it counts any more, its links go on leading.`,
  ])
}

/** `sluice beacon mint <campaign> --site <domain> [--recipient <id>] [--sends <number>] [--link <url>]…`. */
export const mintMail: Command = async (context, input) => {
  const request = {
    campaign: campaignOf(input),
    recipient: input.text('recipient'),
    sends: sendsOf(input),
    links: input.texts('link'),
  }
  const parts = await withMails(context, input, ({ mint, site }) => mint(site, request))
  answer(context, parts, linesOf(parts))
}

/** `sluice beacon import <file|-> --site <domain>`: what recipients decided, from a file. */
export const importConsents: Command = async (context, input) => {
  const text = await readWhole(input.words[0] ?? '-')
  const { recorded, faults } = await withMails(context, input, async ({ recipients, site, audit }) => {
    const read = decisionsOfCsv(text, systemClock.now())
    await recordAll(recipients, site.id, read.decisions)
    const detail = { rows: read.decisions.length }
    await audit.record({ actor: 'terminal', action: 'recipients.recorded', site: site.domain, detail })
    return { recorded: read.decisions.length, faults: read.faults }
  })
  answer(context, { recorded, faults }, [
    `${recorded} decisions are recorded.`,
    ...faults.map(({ row, reason }) => `Row ${row} is not: ${reason}`),
  ])
  return recorded === 0 && faults.length > 0 ? 1 : 0
}

/** `sluice beacon erase <id> --site <domain>`. */
export const eraseRecipient: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withMails(context, input, async ({ recipients, site, audit }) => {
    if (!(await recipients.erase(site.id, { id }))) {
      throw new UserError(
        'This site knows no such recipient: their id is in the answer of /api/email-consents.',
        404,
      )
    }
    await audit.record({ actor: 'terminal', action: 'recipient.erased', site: site.domain })
  })
  answer(context, { erased: id }, ['The recipient is erased, and nothing leads from them to the ledger.'])
}

/** `sluice beacon verify --site <domain>`: finds what was changed in the ledger of e-mail consents. */
export const verifyConsents: Command = async (context, input) => {
  const found = await withMails(context, input, ({ verify }) => verify())
  const { site, rows, faults } = found
  answer(
    context,
    { ok: faults.length === 0, site, rows, faults },
    faults.length === 0
      ? [`${site}: ${rows} rows, all as they were written.`]
      : [`${site}: ${rows} rows, and this is wrong:`, ...faults.map((fault) => `  ${fault}`)],
  )
  return faults.length === 0 ? 0 : 1
}

interface Mails {
  readonly site: SiteRecord
  readonly campaigns: Campaigns
  readonly recipients: Recipients
  readonly mint: ReturnType<typeof createMint>
  readonly audit: AuditLog
  verify(): Promise<EmailLedgerVerification>
}

function withMails<T>(context: CliContext, input: Input, act: (mails: Mails) => Promise<T>): Promise<T> {
  const domain = typed(() => normalizeDomain(required(input, 'site', '<domain>')))
  return withAudit(context, (store, audit, { data }) => act(mailsOf(context, store, audit, data, domain)))
}

function mailsOf(
  { config }: CliContext,
  store: Store,
  audit: AuditLog,
  dataKeys: DataKeys,
  domain: string,
): Mails {
  const clock = systemClock
  const site = createSites({ store, clock }).get(domain)
  const campaigns = createCampaigns({ store, clock })
  const signer = emailSigner(dataKeys.lasting)
  const recipients = createRecipients({ store, dataKeys, signer, clock })
  const tokens = createMailTokens(dataKeys.lasting)
  return {
    site,
    campaigns,
    recipients,
    mint: createMint({ campaigns, recipients, tokens, clock, publicUrl: config.publicUrl }),
    audit,
    verify: () => verifyEmailLedger(store, site.id, signer.publicKey),
  }
}

function linesOf({ mode, open, links, withdraw, headers }: MailParts): string[] {
  if (mode === 'off') return ['This campaign counts nothing: the mail needs nothing of ours.']
  return [
    open?.html ?? '',
    ...links.map(({ target, url }) => `${target}  ${url}`),
    ...(withdraw === undefined ? [] : [withdraw]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
}

function campaignOf(input: Input): string {
  return input.words[0] ?? ''
}

function sendsOf(input: Input): number | undefined {
  const text = input.text('sends')
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError('--sends needs a number of mails: write --sends 5000.')
  return Number(text)
}
