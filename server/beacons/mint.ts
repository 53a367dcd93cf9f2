import type { EmailMode, EmailPurpose, MailParts } from '../../schema/email.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { html } from '../http/html.ts'
import { UserError } from '../errors.ts'
import { siteDay } from '../sites/site-day.ts'
import type { Campaigns } from './campaigns.ts'
import type { Recipients } from './recipients.ts'
import type { MailToken, MailTokens } from './token.ts'

/** What a sender asks for. */
export interface MintRequest {
  readonly campaign: string
  /** Id of a recipient's consent, or their address; of mails of the mode `identified`. */
  readonly recipient?: string | undefined
  /** Mails that the answer goes into. Default 1; where it names a recipient it is one. */
  readonly sends?: number | undefined
  /** Registered addresses that the mail links to. */
  readonly links?: readonly string[] | undefined
  /** What to do where a recipient has not consented: count in aggregate, or nothing. Default: refuse. */
  readonly otherwise?: 'aggregate' | 'off' | undefined
}

/** Makes what goes into a mail. Throws UserError; without a recorded consent to `email_open` nothing that names one is made. */
export type Mint = (site: Site, request: MintRequest) => Promise<MailParts>

/** How long a mail is counted: who opens it later is no measure of a campaign. */
const LIFE_SECONDS = 90 * 86_400

interface Recipient {
  readonly id: string
  readonly granted: readonly EmailPurpose[]
}

export function createMint(parts: {
  campaigns: Campaigns
  recipients: Pick<Recipients, 'find'>
  tokens: Pick<MailTokens, 'seal'>
  clock: Pick<Clock, 'now'>
  /** Where the product is reached, without a slash at its end. */
  publicUrl: string
}): Mint {
  const { campaigns, recipients, tokens, clock, publicUrl } = parts

  const url = (path: string, token: MailToken, end = ''): string =>
    `${publicUrl}/${path}/${tokens.seal(token)}${end}`

  async function recipientOf(
    site: Site,
    { recipient, otherwise }: MintRequest,
  ): Promise<Recipient | EmailMode> {
    if (recipient === undefined) {
      if (otherwise !== undefined) return otherwise
      throw new UserError(
        'A mail of this campaign names its recipient: send `recipient`, the id of their consent.',
      )
    }
    const named = recipient.includes('@') ? { email: recipient } : { id: recipient }
    const known = await recipients.find(site.id, named)
    if (known?.granted.includes('email_open') === true) return known
    if (otherwise !== undefined) return otherwise
    throw new UserError(
      'This recipient has not consented to email_open: record it in /api/email-consents, or say what to do with `otherwise`.',
      403,
    )
  }

  return async (site, request) => {
    const campaign = await campaigns.get(site.id, request.campaign)
    const links = await campaigns.linkIds(campaign, request.links ?? [])
    const found = campaign.mode === 'identified' ? await recipientOf(site, request) : campaign.mode
    const sends = request.sends ?? 1
    if (typeof found !== 'string' && sends !== 1) {
      throw new UserError('An answer that names a recipient is for one mail: leave out `sends`.')
    }
    const now = clock.now()
    const day = siteDay(site.timezone, now)
    const plain = links.map(({ target }) => ({ target, url: target }))
    await campaigns.announce(campaign, day.day, sends)
    if (found === 'off') return { mode: 'off', links: plain, headers: {} }

    const seconds = Math.floor((typeof found === 'string' ? day.startMs : now) / 1_000)
    const base = {
      siteId: site.id,
      campaignId: campaign.id,
      recipient: typeof found === 'string' ? '' : found.id,
      linkId: 0,
      madeAt: seconds,
      expiresAt: seconds + LIFE_SECONDS,
    } as const
    const picture = url('o', { ...base, kind: 'open' }, '.gif')
    const common = {
      open: { url: picture, html: elementOf(picture) },
      expires: new Date(base.expiresAt * 1_000).toISOString(),
    }
    if (typeof found === 'string') return { mode: 'aggregate', ...common, links: plain, headers: {} }
    const withdraw = url('u', { ...base, kind: 'withdraw' })
    return {
      mode: 'identified',
      ...common,
      // A link is followed through us only where that may be counted.
      links: found.granted.includes('email_click')
        ? links.map(({ target, id }) => ({ target, url: url('l', { ...base, kind: 'link', linkId: id }) }))
        : plain,
      withdraw,
      headers: {
        'List-Unsubscribe': `<${withdraw}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    }
  }
}

/** Not hidden: mail programs leave out what is. */
function elementOf(url: string): string {
  return html`<img src="${url}" width="1" height="1" alt="" role="presentation" style="border:0" />`.text
}
