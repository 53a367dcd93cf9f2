import type { Verdict } from '../../schema/email.ts'
import { isBotAgent } from '../enrich/bot.ts'

/** What a fetch tells of whoever made it. It lives while the request is looked at; only the verdict is kept. */
export interface FetchFacts {
  readonly method: string
  /** At most 512 characters, empty when absent. */
  readonly userAgent: string
  /** Operator of the network that it came from, `Google LLC`; empty when unknown. */
  readonly network: string
  /** Since the mail was made; undefined where its address does not tell. */
  readonly delaySeconds: number | undefined
}

/** Nobody reads a mail that fast: what comes sooner is a machine. */
const NO_READER_SECONDS = 3
/** Filters look at a mail while it is delivered, and mail programs fetch what it shows. */
const DELIVERY_SECONDS = 60

/** Caches of mail providers, which fetch when the mail is shown. */
const PROXY = /GoogleImageProxy|YahooMailProxy|(?:image|mail) ?proxy/i
/** Gmail fetches ahead of the reader with this agent, a browser of 2015 that nobody uses. */
const GMAIL_AHEAD = /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/
/** Apple's privacy protection fetches every mail, read or not, with nothing but this. */
const APPLE_AHEAD = 'Mozilla/5.0'
/** The same, and pictures that Outlook fetches, in another form: nothing behind WebKit. */
const BARE_WEBKIT = /^Mozilla\/5\.0 \([^)]*\) AppleWebKit\/[\d.]+ \(KHTML, like Gecko\)$/
/** Filters that say what they are. */
const SCANNER =
  /barracuda|mimecast|proofpoint|symantec|messagelabs|ironport|fireeye|trellix|sophos|trend ?micro|forcepoint|zscaler|cloudmark|bitdefender|spamhaus|safelinks|microsoft exchange|office 365 connectors|exchangeservices/i
/** Mail programs, some of which robots' lists take for their own. */
const MAIL_PROGRAM =
  /thunderbird|outlook|ms-office|msoffice|microsoft office|applemail|airmail|postbox|mailspring|evolution|kmail/i
/** Browsers, and programs that show mails with the engine of one, name a system. */
const BROWSER = /^Mozilla\/[45]\.0 \([^)]*(?:Windows|Macintosh|iPhone|iPad|Android|Linux|X11|CrOS)/

/** Networks of filters: nobody reads mails from there. */
const FILTER_NETWORK =
  /proofpoint|mimecast|barracuda|messagelabs|symantec|broadcom|cisco ironport|sophos|trend ?micro|zscaler|fireeye|trellix|forcepoint/i
/** Networks through which Apple's privacy protection fetches. */
const APPLE_NETWORK = /^apple|akamai|cloudflare|fastly/i
/** Microsoft both filters mails there and shows them to people: when tells which. */
const MICROSOFT_NETWORK = /microsoft/i

/**
 * Who fetched the picture of a mail, or followed a link of it. Agents and networks are those that large senders and mail
 * projects have told of in public; where only a network tells, an unknown one leaves it at `human` or `unknown`.
 */
export function verdictOf({ method, userAgent, network, delaySeconds }: FetchFacts): Verdict {
  const agent = userAgent.trim()
  if (method !== 'GET' || FILTER_NETWORK.test(network)) return 'scanner'
  const isUnread = delaySeconds !== undefined && delaySeconds < NO_READER_SECONDS
  const isDelivery = delaySeconds !== undefined && delaySeconds < DELIVERY_SECONDS
  if (GMAIL_AHEAD.test(agent) || agent === APPLE_AHEAD) return 'prefetch'
  if (PROXY.test(agent)) return isUnread ? 'prefetch' : 'proxy'
  if (SCANNER.test(agent)) return 'scanner'
  const isMailProgram = MAIL_PROGRAM.test(agent)
  if (!isMailProgram && isBotAgent(agent, '')) return 'scanner'
  if (isUnread || (isDelivery && MICROSOFT_NETWORK.test(network))) return 'scanner'
  if (BARE_WEBKIT.test(agent) && (isDelivery || APPLE_NETWORK.test(network))) return 'prefetch'
  return isMailProgram || BROWSER.test(agent) ? 'human' : 'unknown'
}
