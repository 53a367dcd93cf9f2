import { z } from 'zod'
import {
  FIRSTS,
  MAX_LENGTH,
  RECENCIES,
  VITALS,
  type EventType,
  type WireAd,
  type WireClick,
  type WireCustom,
  type WireDownload,
  type WireEngagement,
  type WireError,
  type WireEvent,
  type WireFeedback,
  type WireForm,
  type WireOutbound,
  type WirePageview,
  type WireTrait,
  type WireVisit,
  type WireVital,
} from '../../schema/event.ts'
import { AD_ACTIONS, TRAIT_NAMES, TRAITS } from '../../schema/targeting.ts'
import { readProperties } from './properties.ts'
import { cleanText } from './text.ts'

/** The validators of wire events. The compiler ties them to the types of schema/event.ts, both ways. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const text = (most: number): z.ZodString => z.string().overwrite((value) => cleanText(value, most))
/** Text that says something. */
const said = (most: number): z.ZodString =>
  z
    .string()
    .overwrite((value) => cleanText(value, most).trim())
    .min(1)
/** A number between 0 and `most`; what is outside is moved to the nearest. */
const within = (most: number): z.ZodNumber =>
  z.number().overwrite((value) => Math.min(Math.max(value, 0), most))
const whole = (most: number): z.ZodNumber =>
  z.number().overwrite((value) => Math.min(Math.max(Math.round(value), 0), most))
/** An address, not cut: it would be another's. */
const address = z.string().min(1).max(MAX_LENGTH.url)

const base = {
  // Not cut: the beginning of a long id could be another event's.
  id: z.string().regex(new RegExp(`^[!-~]{8,${MAX_LENGTH.id}}$`)),
  time: z.number(),
  url: address,
}

const pageview = z.object({
  ...base,
  type: z.literal('pageview'),
  referrer: text(MAX_LENGTH.referrer).exactOptional(),
  title: text(MAX_LENGTH.title).exactOptional(),
  screen: text(MAX_LENGTH.screen).exactOptional(),
  language: text(MAX_LENGTH.language).exactOptional(),
  status: z.int().min(100).max(599).exactOptional(),
}) satisfies z.ZodType<WirePageview>

const engagement = z.object({
  ...base,
  type: z.literal('engagement'),
  visibleMs: whole(DAY_MS),
  scrollPercent: whole(100),
}) satisfies z.ZodType<WireEngagement>

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

const custom = z.object({
  ...base,
  type: z.literal('event'),
  name: said(MAX_LENGTH.name),
  props: z.unknown().transform(readProperties).exactOptional(),
  // Exact, or not at all: an event with an amount that cannot be read would be missing in a sum without a word.
  revenue: z
    .object({
      amount: z.string().regex(/^-?\d{1,12}(?:\.\d{1,4})?$/),
      currency: z.string().refine((code) => CURRENCIES.has(code)),
    })
    .exactOptional(),
}) satisfies z.ZodType<WireCustom>

const click = z.object({
  ...base,
  type: z.literal('click'),
  element: said(MAX_LENGTH.element),
}) satisfies z.ZodType<WireClick>

const outbound = z.object({
  ...base,
  type: z.literal('outbound'),
  link: address,
}) satisfies z.ZodType<WireOutbound>

const download = z.object({
  ...base,
  type: z.literal('download'),
  link: address,
}) satisfies z.ZodType<WireDownload>

const form = z.object({
  ...base,
  type: z.literal('form'),
  form: said(MAX_LENGTH.form),
}) satisfies z.ZodType<WireForm>

const error = z.object({
  ...base,
  type: z.literal('error'),
  message: said(MAX_LENGTH.message),
  place: text(MAX_LENGTH.place).exactOptional(),
}) satisfies z.ZodType<WireError>

const vital = z.object({
  ...base,
  type: z.literal('vital'),
  vital: z.enum(VITALS),
  value: within(HOUR_MS),
}) satisfies z.ZodType<WireVital>

const feedback = z.object({
  ...base,
  type: z.literal('feedback'),
  score: z.number().min(0).max(10).overwrite(Math.round),
  comment: text(MAX_LENGTH.comment).exactOptional(),
}) satisfies z.ZodType<WireFeedback>

const visit = z.object({
  ...base,
  type: z.literal('visit'),
  first: z.array(z.enum(FIRSTS)).max(FIRSTS.length),
  cohort: z.iso.date(),
  recency: z.enum(RECENCIES).exactOptional(),
}) satisfies z.ZodType<WireVisit>

const ad = z.object({
  ...base,
  type: z.literal('ad'),
  action: z.enum(AD_ACTIONS),
  campaign: said(MAX_LENGTH.campaign),
  event: said(MAX_LENGTH.name).exactOptional(),
  touches: whole(200).exactOptional(),
  days: whole(90).exactOptional(),
}) satisfies z.ZodType<WireAd>

const trait = z
  .object({
    ...base,
    type: z.literal('trait'),
    trait: z.enum(TRAIT_NAMES),
    value: z.string(),
  })
  .refine(({ trait: name, value }) =>
    (TRAITS[name] as readonly string[]).includes(value),
  ) satisfies z.ZodType<WireTrait>

/** One validator for each kind of event. */
export const WIRE_SCHEMAS = {
  pageview,
  engagement,
  event: custom,
  click,
  outbound,
  download,
  form,
  error,
  vital,
  feedback,
  visit,
  ad,
  trait,
} as const satisfies Record<EventType, z.ZodType>

/** Both ways, so that no field is missing here or there. The tuples keep unions whole. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Parsed = { [K in EventType]: Required<z.infer<(typeof WIRE_SCHEMAS)[K]>> }
type Wire = { [K in EventType]: Required<Extract<WireEvent, { type: K }>> }
true satisfies Same<Parsed, Wire>
