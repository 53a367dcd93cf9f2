import type { PreConsent } from '../../schema/site.ts'

/**
 * What may be measured before a choice, by the visitor's country: the reading of this project on the date of each
 * entry, with the law it rests on. It is no legal advice; a site that knows better sets its mode itself.
 *
 * `anonymous` is entered only where a law, or the authority that enforces it, exempts statistics of the site's own
 * audience from consent, and only for what that mode does: no value of the device is read, nothing is kept there, no
 * one is followed across days or sites, and visitors are told and can object. Everywhere else, and where the country
 * is unknown, it is `none`.
 */
export interface Jurisdiction {
  /** ISO 3166-1 alpha-2, or `unknown`. */
  readonly code: string
  readonly preConsent: 'none' | 'anonymous'
  /** Whether visitors must be offered to object to what is measured before a choice. */
  readonly objection: boolean
  /** Law and guidance. */
  readonly source: string
  /** Day on which the entry was last looked at. */
  readonly asOf: string
}

type Rule = Omit<Jurisdiction, 'code'>

const AS_OF = '2026-11-24'

function exempt(source: string): Rule {
  return { preConsent: 'anonymous', objection: true, source, asOf: AS_OF }
}

function strict(source: string): Rule {
  return { preConsent: 'none', objection: false, source, asOf: AS_OF }
}

const DIRECTIVE = 'Directive 2002/58/EC art. 5(3), as transposed; no exemption for statistics is relied on'

const FRANCE = exempt(
  'Loi n° 78-17 art. 82; CNIL, délibérations n° 2020-091 (art. 5) and n° 2020-092 of 17 September 2020: audience measurement for the publisher alone, anonymous statistics, information and objection',
)

const EXEMPT: Readonly<Record<string, Rule>> = {
  FR: FRANCE,
  // The overseas parts of France in which the same law holds and which the Union's law covers (TFEU art. 349).
  GP: FRANCE,
  MQ: FRANCE,
  GF: FRANCE,
  RE: FRANCE,
  YT: FRANCE,
  MF: FRANCE,
  GB: exempt(
    'Privacy and Electronic Communications Regulations 2003, Schedule A1 para. 5, inserted by the Data (Use and Access) Act 2025 s. 112, in force since 5 February 2026: statistics to improve the service, clear information, free and simple objection',
  ),
  ES: exempt(
    'Ley 34/2002 art. 22.2; AEPD, guide on cookies for audience measurement tools, January 2024: for the publisher alone, anonymous statistics, no other use',
  ),
  IT: exempt(
    'D.lgs. 196/2003 art. 122; Garante, provvedimento n. 231 of 10 June 2021, point 7.2: analytics that cannot single out a visitor are treated as technical',
  ),
  NL: exempt(
    'Telecommunicatiewet art. 11.7a(3)(b): information on the quality or effectiveness of a service, with no or little effect on privacy',
  ),
  CH: exempt(
    'Fernmeldegesetz art. 45c(b): information and the possibility to refuse; Federal Act on Data Protection of 25 September 2020',
  ),
}

const STRICT: Readonly<Record<string, Rule>> = {
  DE: strict(
    'TDDDG § 25(2): no exemption for statistics; DSK, Orientierungshilfe für Anbieter von digitalen Diensten',
  ),
}

/** The European Union, with Åland, which has a code of its own. */
const EU = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE AX'.split(' ')
/** The rest of the European Economic Area, where the directive holds by the EEA Agreement, annex XI. */
const EEA = ['IS', 'LI', 'NO']

const RULES: ReadonlyMap<string, Rule> = new Map([
  ...[...EU, ...EEA].map((code): [string, Rule] => [code, strict(DIRECTIVE)]),
  ...Object.entries(STRICT),
  ...Object.entries(EXEMPT),
])

const NOT_ASSESSED = strict('not assessed: the strictest rule holds')

/**
 * The rules of a country.
 * @param country ISO 3166-1 alpha-2 in upper case, from the address while the request is answered; empty: unknown
 */
export function jurisdictionOf(country: string): Jurisdiction {
  const code = /^[A-Z]{2}$/.test(country) ? country : 'unknown'
  return { code, ...(RULES.get(code) ?? NOT_ASSESSED) }
}

/** What a site may measure before a choice of a visitor from this country; `auto` is resolved. */
export function preConsentFor(site: { preConsent: PreConsent }, country: string): 'none' | 'anonymous' {
  return site.preConsent === 'auto' ? jurisdictionOf(country).preConsent : site.preConsent
}

/** Every country there is a rule for. */
export function assessedCountries(): string[] {
  return [...RULES.keys()].toSorted()
}
