import { EVENT_TYPES, MAX_EVENTS, WIRE_VERSION, type EventType, type WireEvent } from '../../schema/event.ts'
import { drop, keep, type Outcome } from '../../schema/outcome.ts'
import { UserError } from '../errors.ts'
import { WIRE_SCHEMAS } from './wire.ts'

/** A request body whose frame is right; its events are still as sent. */
export interface Envelope {
  /** The site's domain in lower case. */
  readonly site: string
  /** Consent token; absent before a choice. */
  readonly consent?: string
  readonly events: readonly unknown[]
}

/** Longest host name there can be (RFC 1035). */
const MAX_SITE = 253
const MAX_CONSENT = 2_048

/** Reads the frame of a body. Throws UserError with a sentence that names the field, and nothing of what was sent. */
export function parseEnvelope(body: string): Envelope {
  const frame = readObject(body)
  if (frame['version'] !== WIRE_VERSION) {
    throw new UserError(`The field "version" is none that is known here: send ${WIRE_VERSION}.`)
  }
  const { site, consent, events } = frame
  if (typeof site !== 'string' || site === '') {
    throw new UserError('The field "site" is missing: send the domain of the site as text.')
  }
  if (site.length > MAX_SITE) {
    throw new UserError(`The field "site" is too long: a domain has at most ${MAX_SITE} characters.`)
  }
  if (
    consent !== undefined &&
    consent !== null &&
    (typeof consent !== 'string' || consent.length > MAX_CONSENT)
  ) {
    throw new UserError(
      'The field "consent" is not a consent token: send the token as text, or leave it out.',
    )
  }
  if (!Array.isArray(events)) throw new UserError('The field "events" is missing: send a list of events.')
  if (events.length > MAX_EVENTS) {
    throw new UserError(`The field "events" is too long: send at most ${MAX_EVENTS} events in one request.`)
  }
  const list: readonly unknown[] = events
  return { site: site.toLowerCase(), ...(typeof consent === 'string' && { consent }), events: list }
}

function readObject(body: string): Record<string, unknown> {
  let frame: unknown
  try {
    frame = JSON.parse(body)
  } catch {
    throw new UserError('The body is not JSON: send an object with version, site and events.')
  }
  if (!isObject(frame)) throw new UserError('The body is not an object: send version, site and events.')
  return frame
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads one event; unknown fields are ignored, so that newer pages can talk to this collector. */
export function parseEvent(raw: unknown): Outcome<WireEvent> {
  if (!isObject(raw) || typeof raw['type'] !== 'string') return drop('invalid_event')
  const type = raw['type']
  if (!isKnown(type)) return drop('unsupported_type')
  const parsed = WIRE_SCHEMAS[type].safeParse(raw)
  return parsed.success ? keep<WireEvent>(parsed.data) : drop('invalid_event')
}

function isKnown(type: string): type is EventType {
  return (EVENT_TYPES as readonly string[]).includes(type)
}
