import { z } from 'zod'
import { MAX_LENGTH } from '../../schema/event.ts'
import {
  CALL_DIRECTIONS,
  CALL_OUTCOMES,
  type LoggedClient,
  type WireCall,
  type WireLog,
} from '../../schema/log.ts'
import { cleanText } from '../collect/text.ts'

/** The validators of what a site's server sends. The compiler ties them to the types of schema/log.ts, both ways. */

const DAY_SECONDS = 86_400

const base = {
  id: z.string().regex(new RegExp(`^[!-~]{8,${MAX_LENGTH.id}}$`)),
  time: z.number(),
}

const name = z
  .string()
  .max(128)
  .overwrite((text) => cleanText(text, 128))

const loggedClient = z.object({
  browser: name,
  browserVersion: name,
  os: name,
  osVersion: name,
  device: name,
  isBot: z.boolean(),
  country: z.string().regex(/^(?:[A-Z]{2})?$/),
  region: z.string().regex(/^(?:[A-Z]{2}-[\dA-Z]{1,3})?$/),
  city: name,
  network: name,
  visitor: z.string().regex(/^[\da-z]{0,16}$/),
}) satisfies z.ZodType<LoggedClient>

export const wireLog = z.object({
  ...base,
  method: z.string().max(20),
  url: z.string().min(1).max(MAX_LENGTH.url),
  status: z.int().min(0).max(599),
  bytes: z.int().min(0).exactOptional(),
  referrer: z.string().exactOptional(),
  userAgent: z.string().exactOptional(),
  address: z.string().exactOptional(),
  duration: z.number().min(0).exactOptional(),
  client: loggedClient.exactOptional(),
}) satisfies z.ZodType<WireLog>

/** What else is sent, a number above all, is not read. */
export const wireCall = z.object({
  ...base,
  type: z.literal('call'),
  direction: z.enum(CALL_DIRECTIONS),
  duration: z.number().min(0).max(DAY_SECONDS).overwrite(Math.round),
  outcome: z.enum(CALL_OUTCOMES),
}) satisfies z.ZodType<WireCall>

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
true satisfies Same<z.infer<typeof loggedClient>, LoggedClient>
true satisfies Same<Required<z.infer<typeof wireLog>>, Required<WireLog>>
true satisfies Same<z.infer<typeof wireCall>, WireCall>
