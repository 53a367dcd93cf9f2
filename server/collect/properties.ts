import { MAX_LENGTH, MAX_PROPERTIES, type WireProperties } from '../../schema/event.ts'
import { cleanText } from './text.ts'

/**
 * The properties of an event as they were sent: the first of them, with values that are text, a number or a yes or no.
 * Others are passed over, so that one of them costs no event. Which are kept is the site's to say.
 */
export function readProperties(raw: unknown): WireProperties {
  const properties: WireProperties = {}
  if (typeof raw !== 'object' || raw === null) return properties
  for (const [name, value] of Object.entries(raw).slice(0, MAX_PROPERTIES)) {
    if (typeof value === 'string') properties[name] = cleanText(value, MAX_LENGTH.value)
    else if (typeof value === 'boolean' || Number.isFinite(value))
      properties[name] = value as boolean | number
  }
  return properties
}
