/** What is wrong with a link, or with what looks like one. */
export interface LinkFault {
  readonly rule:
    | 'shortener'
    | 'address'
    | 'punycode'
    | 'look-alike'
    | 'hidden-dot'
    | 'user-info'
    | 'redirect'
    | 'scheme'
    | 'name-within-name'
    | 'bait'
    | 'not-ours'
    | 'not-https'
    | 'several-hosts'
  /** 2 blocks, 1 asks a person. */
  readonly weight: 1 | 2
  /** The link as it was found. */
  readonly found: string
}

/** Public shorteners: nobody sees where they lead, and carriers refuse them (delivery code 435). */
export const SHORTENERS: readonly string[] =
  'bit.ly bitly.com goo.gl tinyurl.com tiny.cc bc.vc budurl.com clicky.me is.gd v.gd lc.chat soo.gd s2r.co t.co ow.ly buff.ly rebrand.ly cutt.ly shorturl.at shorte.st adf.ly rb.gy t.ly bl.ink short.io snip.ly trib.al qr.ae clck.ru tr.im cli.gs x.co lnkd.in fb.me youtu.be amzn.to wp.me j.mp po.st mcaf.ee urlz.fr surl.li shrtco.de u.to tiny.one 1link.in linktr.ee lnk.to s.id'.split(
    ' ',
  )

/** Last labels of what people write as an address without `https://`; others are more often the end of a sentence. */
const ENDINGS =
  'com|net|org|edu|gov|info|biz|co|io|us|ca|uk|me|tv|app|dev|shop|store|online|site|website|xyz|top|club|live|link|click|win|vip|icu|pro|ly|gl|gd|cc|vc|to|ai|ru|cn|tk|ml|ga|cf|gq|pw|ws|fm|im|is|at|de|fr|es|br|mx|eu|example|test|invalid'
/** What only ends a name: within one it shows another name's, as in `bank.example.login.test`. */
const NAME_ENDS = /^(?:com|net|org|edu|gov|example|test)$/
/** Words by which a host pretends to be the place where one signs in, pays or wins. */
const BAIT =
  /(?:^|[.-])(?:log-?in|sign-?in|verify|verification|secure|security|account|accounts|update|check|confirm|support|billing|wallet|unlock|win|winner|prize|gift|reward|bonus|free|claim|refund|toll|pay)(?:[.-]|\d|$)/

/** Read as a slash, and none to a browser: what follows is part of the host. */
const SLASHES = /[\u2044\u2215\u29F8\u2571\u27CB]/u
const INVISIBLE = /[\p{Cf}\p{Cc}\uFE00-\uFE0F]/gu
const DOT_WORDS =
  /[\p{L}\p{N}-]+\s?[([{<]\s?(?:dot|\.)\s?[)\]}>]\s?[\p{L}\p{N}-]+|\b[\w-]{3,} dot (?:com|net|org|io|info|biz|xyz|test|example)\b/iu
const URLS = new RegExp(
  `(?<scheme>[a-z][a-z0-9+.-]{1,11}):(?:/|\\u2044|\\u2215){2}(?<rest>[^\\s<>"]+)|(?<![@\\p{L}\\p{N}.-])(?<bare>(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+(?:${ENDINGS})\\b(?:[:/?#\\u2044\\u2215][^\\s<>"]*)?)`,
  'giu',
)

/**
 * What is wrong with the links of a message. Links are found as a reader's phone finds them, after invisible characters
 * are taken out and wide ones made narrow. Never throws.
 * @param ours domains of the program: links lead there and to what lies below; with none, to wherever is not suspicious
 */
export function linkFaults(text: string, ours: readonly string[] = []): LinkFault[] {
  const visible = text.replace(INVISIBLE, '').normalize('NFKC')
  const faults: LinkFault[] = []
  const hosts = new Set<string>()
  const hidden = DOT_WORDS.exec(visible)
  if (hidden) faults.push({ rule: 'hidden-dot', weight: 2, found: hidden[0] })
  for (const { 0: found, groups = {} } of visible.matchAll(URLS)) {
    const add = (rule: LinkFault['rule'], weight: 1 | 2): void => void faults.push({ rule, weight, found })
    const scheme = groups['scheme']?.toLowerCase()
    const rest = groups['rest'] ?? groups['bare'] ?? ''
    if (SLASHES.test(found)) add('look-alike', 2)
    if (scheme !== undefined && scheme !== 'https')
      add(scheme === 'http' ? 'not-https' : 'scheme', scheme === 'http' ? 1 : 2)
    const [authority = ''] = rest.split(/[/?#\u2044\u2215\u29F8\u2571\u27CB]/u)
    if (authority.includes('@')) add('user-info', 2)
    const host = (authority.split('@').at(-1) ?? '')
      .replace(/(?<!\[[^\]]*):\d*$/, '')
      .replace(/[.,;!)]+$/, '')
      .toLowerCase()
    hosts.add(host)
    if (/^(?:[\d.]+|0x[\da-f.x]+|\[[\da-f:.]*\])$/.test(host)) add('address', 2)
    if (/(?:^|\.)xn--/.test(host)) add('punycode', 2)
    else if (/[^\x20-\x7E]/.test(host)) add('look-alike', 2)
    if (isOf(host, SHORTENERS)) add('shortener', 2)
    if (
      /[?&](?:url|u|r|to|go|goto|next|redirect|redir|return|dest|destination|target|link|q)=(?:https?|%68|http%3a|\/\/)/i.test(
        rest,
      )
    ) {
      add('redirect', 2)
    }
    if (isOf(host, ours)) continue
    if (ours.length > 0) add('not-ours', 2)
    const labels = host.split('.')
    const before = labels.slice(0, -2)
    if (before.some((label) => NAME_ENDS.test(label))) add('name-within-name', 2)
    if (BAIT.test(host) && (scheme !== undefined || rest.includes('/') || host.includes('-'))) add('bait', 1)
  }
  if (hosts.size > 1) faults.push({ rule: 'several-hosts', weight: 1, found: [...hosts].join(' ') })
  return faults
}

/** Whether a host is one of the domains or lies below one. */
export function isOf(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
}
