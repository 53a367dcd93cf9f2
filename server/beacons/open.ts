import type { IncomingMessage } from 'node:http'
import type { Site } from '../../schema/site.ts'
import { parseAddress } from '../address.ts'
import type { Clock } from '../clock.ts'
import type { ConsentVerdict } from '../collect/admit.ts'
import { readToken } from '../consent/policy/record-cookie.ts'
import type { DropLedger } from '../drops/ledger.ts'
import type { DayKeys } from '../enrich/day-keys.ts'
import type { Networks } from '../enrich/network.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { RequestFacts } from '../event.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Sites } from '../sites/registry.ts'
import type { Intake } from '../spool/intake.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { createCampaigns, type Campaigns } from './campaigns.ts'
import { createMailCounter, type MailCounter, type MailRequest } from './count.ts'
import { emailSigner } from './ledger.ts'
import { createMint, type Mint } from './mint.ts'
import { createOpenRoute, type PictureRoute } from './open-route.ts'
import { createRecipients, type Recipients } from './recipients.ts'
import { createMailTokens, type MailTokens } from './token.ts'
import { createWebRoute } from './web-route.ts'

/** The side of the server that mails and pictures concern. */
export interface Beacons {
  readonly campaigns: Campaigns
  readonly recipients: Recipients
  readonly mint: Mint
  readonly tokens: MailTokens
  readonly counter: MailCounter
  /** The pictures in mails and pages, tried before the application. */
  readonly route: PictureRoute
  /** What of a request tells who sent it. */
  facts(request: IncomingMessage): MailRequest
}

export function openBeacons(parts: {
  store: Store
  dataKeys: DataKeys
  clock: Clock
  log: Log
  sites: Pick<Sites, 'byId' | 'find'>
  dayKeys: Pick<DayKeys, 'key'>
  enrich: Pick<Enrich, 'eventId' | 'request'>
  networks: Networks
  intake: Intake
  publicUrl: string
  facts(request: IncomingMessage): RequestFacts
  /** What a consent token covers on a site, now. */
  checkConsent(site: Site, token: string): ConsentVerdict
  drops: Pick<DropLedger, 'tally'>
  metrics: Pick<Metrics, 'accepted' | 'dropped'>
  /** Told what tied a recipient to the ledger, once they are erased. */
  onErased?: ((commitment: string) => Promise<void>) | undefined
}): Beacons {
  const { store, dataKeys, clock, log } = parts
  const campaigns = createCampaigns({ store, clock })
  const signer = emailSigner(dataKeys.lasting)
  const recipients = createRecipients({ store, dataKeys, signer, clock, onErased: parts.onErased })
  const tokens = createMailTokens(dataKeys.lasting)
  const mint = createMint({ campaigns, recipients, tokens, clock, publicUrl: parts.publicUrl })
  const counter = createMailCounter({
    ...parts,
    tokens,
    campaigns,
    recipients,
    // In memory alone, of no site and no hour: who has taken their consent back leaves nothing that is kept.
    onDrop: (reason) => void parts.metrics.dropped[reason]++,
  })
  const facts = (request: IncomingMessage): MailRequest => {
    const { ip, userAgent, prefetch, arrivedAt } = parts.facts(request)
    // The address is looked up and let go of.
    const address = parseAddress(ip)
    const network = address ? parts.networks.find(address) : ''
    return { method: request.method ?? '', userAgent, network, isPrefetch: prefetch, arrivedAt }
  }
  const inMails = createOpenRoute({ counter, facts, log })
  const inPages = createWebRoute({ ...parts, cookieToken: readToken })
  return {
    campaigns,
    recipients,
    mint,
    tokens,
    counter,
    route: (request, response) => inMails(request, response) || inPages(request, response),
    facts,
  }
}
