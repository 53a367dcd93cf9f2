import { z } from 'zod'
import { CONSENT_CATEGORIES } from '../../../schema/consent.ts'
import {
  ESSENTIAL_PURPOSES,
  STORAGE_KINDS,
  type Appearance,
  type NoticeTexts,
  type PolicyManifest,
} from '../../../schema/policy.ts'
import { UserError } from '../../errors.ts'
import { describeFinding, refused, type Finding } from './finding.ts'

/** The shape of a manifest. The compiler ties it to schema/policy.ts, both ways. Whether it may be is for check.ts. */

export const DEFAULT_CHOICE_DAYS = 182
export const DEFAULT_APPEARANCE: Appearance = { position: 'bottom-left', tokens: {}, order: 'reject-first' }

/** Largest manifest, as JSON, in bytes: 200 services with long texts in five languages. */
export const MAX_MANIFEST_BYTES = 1_048_576

const line = z.string().min(1).max(200)
const sentence = z.string().min(1).max(1_000)
/** By language; a tag has at most 35 characters (RFC 5646, 4.4.1). */
const translations = z.record(z.string().max(35), sentence)

const item = z.strictObject({
  kind: z.enum(STORAGE_KINDS),
  name: line,
  purpose: translations,
  lifetime: z.string().max(20),
})

const service = z.strictObject({
  id: z.string().max(64),
  name: line,
  provider: line,
  category: z.enum(CONSENT_CATEGORIES),
  essentialPurpose: z.enum(ESSENTIAL_PURPOSES).exactOptional(),
  purpose: translations,
  hosts: z.array(z.string().max(253)).max(100),
  items: z.array(item).max(100),
  retention: translations.exactOptional(),
})

const category = z.strictObject({ title: line, description: sentence })

/** Every text; a manifest may replace any of them. */
export const NOTICE_SHAPE = z.strictObject({
  title: line,
  intro: sentence,
  acceptAll: line,
  rejectAll: line,
  choose: line,
  reopen: line,
  dialogTitle: line,
  dialogIntro: sentence,
  save: line,
  close: line,
  alwaysOn: line,
  categories: z.strictObject({
    essential: category,
    performance: category,
    functionality: category,
    targeting: category,
  }),
  contact: sentence,
  policyLink: line,
  declarationLink: line,
  gpcHonoured: sentence,
  saved: sentence,
  anonymous: sentence,
  object: line,
  placeholder: sentence,
  placeholderAllow: line,
  sent: line,
  sentNothing: line,
  sentAnonymous: line,
  receipt: line,
  table: z.strictObject({
    name: line,
    provider: line,
    purpose: line,
    lifetime: line,
    kind: line,
    hosts: line,
  }),
  kinds: z.strictObject({
    cookie: line,
    localStorage: line,
    sessionStorage: line,
    indexedDB: line,
    cache: line,
  }),
  session: line,
  pages: z.strictObject({
    declarationTitle: line,
    declarationIntro: sentence,
    choicesTitle: line,
    choicesIntro: sentence,
    undecided: sentence,
    decided: sentence,
    allow: line,
    changed: sentence,
    limits: sentence,
    elsewhere: sentence,
    retention: line,
    nothingStored: sentence,
    revision: line,
    languages: line,
  }),
})

const appearance = z.strictObject({
  position: z.enum(['bottom-left', 'bottom-right', 'bottom-center', 'middle-center']),
  // Names and values are judged with the rest of the look, which tells why one is refused.
  tokens: z.record(z.string().max(40), z.string().max(100)),
  order: z.enum(['accept-first', 'reject-first']),
})

/** A policy manifest. */
export const MANIFEST = z.strictObject({
  manifest: z.literal(1),
  controller: z.strictObject({ name: line, contact: line, address: sentence.exactOptional() }),
  policyUrl: z.string().max(2_048).exactOptional(),
  language: z.string().max(35),
  services: z.array(service).max(200),
  gpc: z.enum(['targeting', 'all']).default('targeting'),
  choiceDays: z.number().default(DEFAULT_CHOICE_DAYS),
  cookieDomain: z.string().max(253).exactOptional(),
  texts: z.record(z.string().max(35), NOTICE_SHAPE.partial()).exactOptional(),
  appearance: appearance.default(DEFAULT_APPEARANCE),
})

/** Both ways, so that no field is missing here or there. The texts of a manifest lose their `| undefined` by partial(). */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Without<Key extends string, Whole> = Omit<Required<Whole>, Key>
true satisfies Same<
  Without<'texts' | 'appearance', z.infer<typeof MANIFEST>>,
  Without<'texts' | 'appearance', PolicyManifest>
>
true satisfies Same<z.infer<typeof NOTICE_SHAPE>, NoticeTexts>
true satisfies Same<Omit<z.infer<typeof appearance>, 'tokens'>, Omit<Appearance, 'tokens'>>

/** The manifest that a JSON value holds, or what is wrong with its shape. Never throws, whatever the value. */
export function readManifest(json: unknown): { manifest: PolicyManifest } | { findings: Finding[] } {
  const unfit = faultOfContent(json)
  if (unfit !== undefined) return { findings: [refused('manifest', unfit)] }
  const read = MANIFEST.safeParse(json, { reportInput: true })
  if (!read.success) return { findings: read.error.issues.slice(0, MOST_FAULTS).map(findingOf) }
  // The names and values of tokens are judged with the rest of the look, which tells why one is refused.
  return { manifest: read.data as PolicyManifest }
}

/** The manifest that a JSON value holds, defaults filled in. Throws UserError for the first fault of its shape. */
export function parseManifest(json: unknown): PolicyManifest {
  const read = readManifest(json)
  if ('manifest' in read) return read.manifest
  const [first] = read.findings
  throw new UserError(first ? describeFinding(first) : 'The manifest cannot be read.')
}

/** More help nobody: a file of the wrong kind has thousands. */
const MOST_FAULTS = 50

/** What to write where something is missing. */
const MISSING: Readonly<Record<string, string>> = {
  manifest: 'The version of the format is missing: write "manifest": 1.',
  controller:
    'The controller is missing: name who decides about the processing, and a contact (the data protection officer).',
  'controller.name': 'The controller has no name: write who decides about the processing.',
  'controller.contact':
    'The controller has no contact: give an e-mail address or an https page by which the data protection officer is reached.',
  language: 'The language is missing: write in which language the texts are, such as "en".',
  services:
    'The services are missing: list what the site uses, or [] for nothing but what Sluice keeps itself.',
}

function findingOf(issue: z.core.$ZodIssue): Finding {
  const place = placeOf(issue.path)
  return refused(place === '' ? 'manifest' : place, faultOf(issue, place))
}

function faultOf(issue: z.core.$ZodIssue, place: string): string {
  const isValue = issue.code === 'invalid_type' || issue.code === 'invalid_value'
  if (isValue && issue.input === undefined) return MISSING[place] ?? 'This is missing.'
  if (issue.code === 'invalid_type') {
    return `This must be ${issue.expected === 'array' ? 'a list' : `of the type ${issue.expected}`}.`
  }
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(', ')} is no field here: take it out.`
  }
  if (issue.code === 'invalid_value') return `This must be ${issue.values.map(String).join(' or ')}.`
  if (issue.code === 'too_small') return MISSING[place] ?? 'This is empty.'
  if (issue.code === 'too_big') return `This is too long: at most ${String(issue.maximum)}.`
  return 'This cannot be read.'
}

/** `services[2].items[0].name`. A name in it can come from anybody and is cut. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, 40)}`))
    .join('')
    .replace(/^\./, '')
}

/** What no document may hold, at any depth, and why. */
function faultOfContent(json: unknown): string | undefined {
  const waiting = [json]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value === 'string' && HALF_CHARACTER.test(value)) return HALF
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      // Zod passes over this one name in a record instead of refusing it.
      if (name === '__proto__') return '__proto__ is no name that a manifest can hold: take it out.'
      if (HALF_CHARACTER.test(name)) return HALF
      waiting.push(member)
    }
  }
  return undefined
}

/** Half of a pair of UTF-16: no other program could write the same document, and it would have no hash. */
const HALF_CHARACTER = /\p{Surrogate}/u
const HALF = 'A text holds half a character: write it again.'
