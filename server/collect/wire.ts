import { z } from 'zod'
import { MAX_LENGTH, type MeasuredType, type WireEngagement, type WirePageview } from '../../schema/event.ts'
import { cleanText } from './text.ts'

/** The validators of wire events. The compiler ties them to the types of schema/event.ts, both ways. */

const DAY_MS = 86_400_000

const text = (most: number): z.ZodString => z.string().overwrite((value) => cleanText(value, most))
/** A whole number between 0 and `most`; what is outside is moved to the nearest. */
const whole = (most: number): z.ZodNumber =>
  z.number().overwrite((value) => Math.min(Math.max(Math.round(value), 0), most))

const base = {
  // Not cut: the beginning of a long id could be another event's.
  id: z.string().regex(new RegExp(`^[!-~]{8,${MAX_LENGTH.id}}$`)),
  time: z.number(),
  url: z.string().min(1).max(MAX_LENGTH.url),
}

const pageview = z.object({
  ...base,
  type: z.literal('pageview'),
  referrer: text(MAX_LENGTH.referrer).exactOptional(),
  title: text(MAX_LENGTH.title).exactOptional(),
  screen: text(MAX_LENGTH.screen).exactOptional(),
  language: text(MAX_LENGTH.language).exactOptional(),
}) satisfies z.ZodType<WirePageview>

const engagement = z.object({
  ...base,
  type: z.literal('engagement'),
  visibleMs: whole(DAY_MS),
  scrollPercent: whole(100),
}) satisfies z.ZodType<WireEngagement>

/** Both ways, so that no field is missing here or there. The tuples keep unions whole. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
true satisfies Same<Required<z.infer<typeof pageview>>, Required<WirePageview>>
true satisfies Same<Required<z.infer<typeof engagement>>, Required<WireEngagement>>

/** One validator for each kind of event that is measured. */
export const WIRE_SCHEMAS = { pageview, engagement } as const satisfies Record<MeasuredType, z.ZodType>
