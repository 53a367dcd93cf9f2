import { createHmac, randomBytes } from 'node:crypto'
import { EMAIL_PURPOSES, type EmailPurpose, type EmailType, type Verdict } from '../../schema/email.ts'
import { drop, keep, type DropReason, type Outcome } from '../../schema/outcome.ts'
import { EMPTY_ROW, encodeRow, type EventRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { DayKeys } from '../enrich/day-keys.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { Basis } from '../event.ts'
import { siteDay, type SiteDay } from '../sites/site-day.ts'
import type { Sites } from '../sites/registry.ts'
import type { Intake } from '../spool/intake.ts'
import type { Campaigns, KnownCampaign } from './campaigns.ts'
import type { Recipients } from './recipients.ts'
import type { MailToken, MailTokens } from './token.ts'
import { verdictOf, type FetchFacts } from './verdict.ts'

/** What a request tells of whoever sent it; forgotten once there is a verdict. */
export interface MailRequest extends Omit<FetchFacts, 'delaySeconds'> {
  /** It says by itself that nobody has asked for it (`Sec-Purpose`). */
  readonly isPrefetch: boolean
  /** When it came, Unix milliseconds: it is dated by this, however long it takes to count. */
  readonly arrivedAt: number
}

export interface MailCounter {
  /** A picture was fetched. Resolves once what counts is on disk; the picture was answered long before. */
  fetched(token: string, request: MailRequest): Promise<void>
  /** A link was followed. */
  followed(token: MailToken, request: MailRequest): Promise<void>
}

export interface MailCounterParts {
  sites: Pick<Sites, 'byId'>
  tokens: Pick<MailTokens, 'open'>
  campaigns: Pick<Campaigns, 'byId'>
  recipients: Pick<Recipients, 'grantedBy'>
  dayKeys: Pick<DayKeys, 'key'>
  enrich: Pick<Enrich, 'eventId'>
  intake: Intake
  /** Counts what is not kept. */
  onDrop(reason: DropReason): void
}

const [OPEN, CLICK] = EMAIL_PURPOSES

/**
 * What a fetch comes to: a row of a day, a campaign and a verdict. Consent is asked for anew each time, so that a
 * withdrawal silences mails that are out. What kept a fetch from counting is told as a reason, and of nobody.
 */
export function createMailCounter(parts: MailCounterParts): MailCounter {
  const { sites, tokens, campaigns, recipients, dayKeys, enrich, intake, onDrop } = parts

  /** Whether something of a mail may be counted, and for which campaign. */
  async function admit(
    site: Site,
    token: MailToken,
    purpose: EmailPurpose,
  ): Promise<Outcome<{ campaign: KnownCampaign; basis: Basis }>> {
    const campaign = await campaigns.byId(token.campaignId)
    if (campaign?.siteId !== site.id || campaign.mode === 'off') return drop('beacon_unknown')
    if (token.recipient === '') return keep({ campaign, basis: 'aggregate' })
    const granted = await recipients.grantedBy(site.id, token.recipient)
    return granted.includes(purpose) ? keep({ campaign, basis: purpose }) : drop('no_consent')
  }

  /**
   * A mail counts once a day and verdict, however often its picture is fetched. What tells is made under the key of the
   * day, which dies at midnight: from then on nobody can find a row for a mail, whatever keys they hold.
   */
  function idOf(site: Site, day: SiteDay, token: MailToken, type: EmailType, verdict: Verdict): string {
    const key = token.recipient === '' ? undefined : dayKeys.key(site.id, day)
    if (!key) return randomBytes(16).toString('base64url')
    const { campaignId, recipient, linkId, madeAt } = token
    const text = [type, verdict, campaignId, recipient, linkId, madeAt].join('\0')
    return createHmac('sha256', key).update(text).digest('base64url').slice(0, 22)
  }

  async function count(
    token: MailToken,
    type: EmailType,
    { isPrefetch, arrivedAt, ...facts }: MailRequest,
  ): Promise<DropReason | undefined> {
    if (arrivedAt >= token.expiresAt * 1_000) return 'beacon_expired'
    const site = sites.byId(token.siteId)
    if (!site) return 'beacon_unknown'
    // What tells who asked is looked at before anything is waited for, and so is the key of the day, which may end.
    // An address of a whole day does not tell when its mail was made.
    const delaySeconds = token.recipient === '' ? undefined : arrivedAt / 1_000 - token.madeAt
    const verdict = isPrefetch ? 'prefetch' : verdictOf({ ...facts, delaySeconds })
    const day = siteDay(site.timezone, arrivedAt)
    const eventId = enrich.eventId(site.id, idOf(site, day, token, type, verdict))
    const admitted = await admit(site, token, type === 'fetch' ? OPEN : CLICK)
    if (!admitted.kept) return admitted.reason
    if (facts.method !== 'GET') return 'head'
    const { campaign, basis } = admitted.value
    const row = rowOf({ site, day, eventId, type, basis, campaign: campaign.name, verdict })
    const batch = intake.open()
    if (!batch.add(eventId, encodeRow(row))) return 'duplicate'
    await batch.commit()
    return undefined
  }

  const told = async (counted: Promise<DropReason | undefined>): Promise<void> => {
    const reason = await counted
    if (reason !== undefined) onDrop(reason)
  }

  return {
    fetched(text, request) {
      const token = tokens.open(text)
      if (token?.kind === 'open') return told(count(token, 'fetch', request))
      onDrop('beacon_unknown')
      return Promise.resolve()
    },
    followed: (token, request) =>
      // Without a recipient there is nobody who could have consented.
      token.recipient === '' ? told(Promise.resolve('no_consent')) : told(count(token, 'follow', request)),
  }
}

/** All that is kept: not even the hour. */
function rowOf(of: {
  site: Site
  day: SiteDay
  eventId: bigint
  type: EmailType
  basis: Basis
  campaign: string
  verdict: Verdict
}): EventRow {
  const { site, day, eventId, type, basis, campaign, verdict } = of
  return {
    ...EMPTY_ROW,
    day: day.day,
    timeMs: day.startMs,
    site: site.id,
    eventId,
    type,
    collector: 'email',
    basis,
    hostname: site.domain,
    detail: { name: campaign, value: 0, revenue: '0', currency: '', props: { verdict }, status: 0 },
  }
}
