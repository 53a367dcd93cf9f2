// Writes server/enrich/scrub/letter-pairs.ts: how much more often two letters follow each other in words than in
// random text. Run it by hand when the words below change: node scripts/letter-pairs.mjs
// The words are names of countries, languages, currencies, months, weekdays, units and time zones as the Unicode
// locale data inside Node spells them in the languages of the Latin script, and the jargon that page addresses use.
import { writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'

const LOCALES =
  'en de fr es it pt nl sv da nb fi is et lv lt pl cs sk sl hr hu ro sq tr az id ms vi sw ca eu gl ga cy mt af fil uz tk zu xh lb fo br'
const JARGON = `html css xhtml svg faq php sql json xml yaml mysql mssql postgresql sqlite http https tls ssl ssh ftp dns
  dhcp gdpr dsgvo gmbh llc ltd fpm nginx npm pnpm yarn jquery js ts jsx tsx vue vm vpn vps usb hdmi pcie nvme ssd hdd
  ddr gb tb mb mhz ghz kg cm mm km kw kwh lcd led oled qled hd uhd fhd fps rpg mmo ps xbox rtx gtx rx cpu gpu ram rom
  bios pdf csv xlsx docx pptx zip exe apk ios android crm erp roi kpi seo sem cms api sdk cli gui ux qa hr pr tv dvd cd
  mp mpeg jpeg jpg png gif webp mkv mov vs vlog blog hack firefox chrome safari opera freebsd linux unix gnome vim emacs
  bash zsh tmux git github gitlab docker kubernetes kubectl helm terraform aws gcp azure redis kafka rabbitmq
  elasticsearch logstash kibana apache tomcat httpd maven gradle spring django flask rails laravel symfony wordpress
  drupal shopify woocommerce magento graphql websocket oauth oidc jwt saml ldap mfa nfc gps wifi wlan lte sms smtp imap
  spf dkim dmarc crypto btc eth nft etf bmw vw mvp nba nfl nhl fifa uefa nyc usa uk uae eu shop checkout settings
  account pricing privacy policy terms conditions newsletter subscribe search results category product download`

const weight = new Map()

function add(text) {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const latin = plain.replaceAll('ß', 'ss').replaceAll('ø', 'o').replaceAll('ł', 'l').replaceAll('đ', 'd')
  for (const word of latin.replaceAll('ı', 'i').split(/[^a-z]+/)) {
    if (word.length > 1) weight.set(word, (weight.get(word) ?? 0) + 1)
  }
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
const codes = letters.flatMap((first) => letters.map((second) => first + second))
for (const locale of LOCALES.split(' ')) {
  const names = (type) => new Intl.DisplayNames([locale], { type, fallback: 'none' })
  const [regions, languages, currencies] = [names('region'), names('language'), names('currency')]
  for (const code of codes) {
    add(regions.of(code.toUpperCase()) ?? '')
    add(languages.of(code) ?? '')
  }
  for (const code of Intl.supportedValuesOf('currency')) add(currencies.of(code) ?? '')
  const date = (options, day) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(
      Date.UTC(2026, day % 12, 1 + (day % 28)),
    )
  for (let day = 0; day < 84; day++) add(date({ weekday: 'long', month: 'long' }, day))
  for (const unit of Intl.supportedValuesOf('unit')) {
    add(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(3))
  }
}
for (const zone of Intl.supportedValuesOf('timeZone')) add(zone)
for (const word of JARGON.split(/\s+/)) for (let i = 0; i < 8; i++) add(word)

const count = new Float64Array(676)
let total = 0
for (const [word, times] of weight) {
  // A word counts by the logarithm of its uses: how letters follow matters, not which words are common.
  const value = 1 + Math.log2(times)
  for (let i = 1; i < word.length; i++) {
    count[(word.charCodeAt(i - 1) - 97) * 26 + word.charCodeAt(i) - 97] += value
    total += value
  }
}
const SMOOTHING = 0.03
const scores = Array.from(count, (value) => {
  const share = (value / total + SMOOTHING / 676) / (1 + SMOOTHING)
  const halfBits = Math.round(2 * Math.log2(share * 676))
  return String.fromCharCode(97 + 8 + Math.max(-8, Math.min(8, halfBits)))
})
const rows = Array.from({ length: 26 }, (_, row) => `  '${scores.slice(row * 26, row * 26 + 26).join('')}'`)
const source = `/**
 * How much likelier two letters follow each other in words than in random text, in half bits from -8 (\`a\`) to 8
 * (\`q\`): 26 rows for the first letter, 26 columns for the second. Made by scripts/letter-pairs.mjs from words of some
 * forty languages.
 */
export const LETTER_PAIRS =
${rows.join(' +\n')}
`
const file = new URL('../server/enrich/scrub/letter-pairs.ts', import.meta.url)
writeFileSync(file, await format(source, { ...(await resolveConfig(file)), parser: 'typescript' }))
