import type { ProgramKind } from '../schema/sms.ts'
import type { Language } from './data/words.ts'
import { isOf, SHORTENERS } from './links.ts'
import { DEFAULT_SEGMENTS, withOptOutText } from './opt-out-text.ts'
import { screen, type Finding, type Screening } from './screen.ts'

/** Use cases that The Campaign Registry knows, in the provider's words. A sender's registration must name the program's. */
export const USE_CASES = [
  'CustomerCare',
  'AccountNotification',
  'DeliveryNotification',
  'ConversationsInternal',
  'ConversationsExternal',
  'FraudAlert',
  'HigherEducation',
  'K12Education',
  'MachineToMachine',
  'Marketing',
  'Mixed',
  'PollingVoting',
  'PublicServiceAnnouncement',
  'SecurityAlert',
] as const
export type UseCase = (typeof USE_CASES)[number]

/** A campaign of messages that people sign up for by name. */
export interface Program {
  readonly name: string
  /** Legal name of who sends. */
  readonly seller: string
  /** What is sent and to whom, in a sentence or more. */
  readonly description: string
  readonly kind: ProgramKind
  readonly useCase: UseCase
  readonly language: Language
  /** Domains that links lead to; each with what lies below it. */
  readonly domains: readonly string[]
  /** How long YES is waited for, milliseconds; `off` only by choice: double opt-in is the default. */
  readonly confirmWithin: number | 'off'
  /** What is promised at the sign-up: at most so many messages within so many days. */
  readonly frequency: { readonly most: number; readonly days: number }
  /** Messages as they are going to be sent. */
  readonly samples: readonly string[]
}

/** How a program is run, beside what it is. */
export interface ProgramSettings {
  /**
   * What STOP in answer to one of its messages ends: this program, all of its seller, or all there are. `all` is the
   * default and right under every reading of 47 CFR 64.1200(a)(10).
   */
  readonly stopScope: 'program' | 'seller' | 'all'
  /** Parts that a message may take. */
  readonly maxSegments: number
  /** Where somebody gets help: an address of mail or a page. */
  readonly contact: string
  /** Pages with the terms and the privacy notice. */
  readonly terms: string
  readonly privacy: string
  /** What may be spent on it within so many days, in millionths of a dollar. */
  readonly budget?: { readonly most: number; readonly days: number }
}

/** One day: who does not answer by then has not meant it. */
export const CONFIRM_WITHIN_MS = 24 * 3_600_000

export type ProgramFault =
  | { readonly fault: 'name' | 'seller' | 'description' | 'samples' | 'frequency' | 'confirm-within' }
  /** Not a domain, or a public shortener. */
  | { readonly fault: 'domain'; readonly domain: string }
  /** What no program may be about or no message may hold. */
  | { readonly fault: 'prohibited'; readonly finding: Finding }

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/

/** What keeps a program from being made; empty where nothing does. Its texts are screened as its messages will be. */
export function programFaults(program: Program): ProgramFault[] {
  const { name, seller, description, domains, confirmWithin, frequency, samples } = program
  const claims: [fault: Exclude<ProgramFault['fault'], 'domain' | 'prohibited'>, holds: boolean][] = [
    ['name', name.trim() !== ''],
    ['seller', seller.trim() !== ''],
    // The registry asks for as much, and a reviewer cannot judge less.
    ['description', description.trim().length >= 40],
    ['samples', samples.length >= 2 && samples.every((sample) => sample.trim() !== '')],
    ['frequency', isCount(frequency.most) && isCount(frequency.days)],
    ['confirm-within', confirmWithin === 'off' || isCount(confirmWithin)],
  ]
  const texts = [`${name}. ${description}`, ...samples]
  return [
    ...claims.filter(([, holds]) => !holds).map(([fault]) => ({ fault })),
    ...domains
      .filter((domain) => !DOMAIN.test(domain) || isOf(domain, SHORTENERS))
      .map((domain) => ({ fault: 'domain', domain }) as const),
    ...texts
      .flatMap((text) => screen(text, domains).findings)
      .map((finding) => ({ fault: 'prohibited', finding }) as const),
  ]
}

export type Prepared =
  | { readonly text: string; readonly screening: Screening }
  | { readonly fault: 'too-long' | 'too-many-segments' | 'empty' }

/** A message of a program as it would be sent, with its opt-out sentence, and what screening says of it. */
export function prepareMessage(body: string, program: Program, maxSegments = DEFAULT_SEGMENTS): Prepared {
  const result = withOptOutText(body, program.language, maxSegments)
  return 'fault' in result ? result : { text: result.text, screening: screen(result.text, program.domains) }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}
