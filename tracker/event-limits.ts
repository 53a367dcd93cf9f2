// Apart from limits.ts, whose constants every page's script is made with.

/** Longer texts are cut here already, so that one does not make a request too large; the collector cuts to the letter. */
export const MAX_TEXT = 500

/** Most properties of an event, as in schema/event.ts. */
export const MAX_PROPERTIES = 30

/** Most errors that a page tells of: one that fails in a loop says nothing new. */
export const MAX_ERRORS = 10

/** A visit is over when the browser has not been here for so long, as for the collector. */
export const VISIT_MINUTES = 30

/** Most of what a page has sent that it can show: a page that stays open for days is no log. */
export const MAX_SENT = 100

/** Most characters of all that a visitor set on a site: it is read as a whole each time. */
export const MAX_PREFERENCES_LENGTH = 10_000

/** Most campaigns that a browser remembers; the one that was touched last longest goes first. */
export const MAX_CAMPAIGNS = 100

/** Most times of each kind, and days, for which a campaign is remembered. */
export const MAX_TOUCHES = 100
export const MAX_TOUCH_DAYS = 90
