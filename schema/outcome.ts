/**
 * Every way in which an event ends other than being stored. Nothing vanishes silently: each drop is counted
 * by one of these reasons, documented here and shown to the analyst.
 */
export const DROP_REASONS = {
  no_consent:
    'the site, or this kind of event, is measured only after consent, and the event carried no valid consent',
  consent_invalid: 'the consent token was not made here for this site',
  consent_expired: 'the consent token has expired and was not renewed',
  consent_revision: 'the policy was widened since the consent was given',
  consent_category:
    'the consent does not cover the category of the event: performance, and of ads and traits targeting',
  gpc: 'the browser sends Global Privacy Control and no explicit choice overrides it',
  bot: 'the user agent or network is that of a robot, crawler, monitor or script',
  prefetch: 'the page was fetched ahead of time and nobody had seen it',
  referrer_spam: 'the referrer is a known referrer-spam domain',
  duplicate: 'the same event id was already counted',
  hostname: 'the page address is not on the site or its allowed subdomains',
  beacon_unknown: 'the address of an e-mail beacon was not made here, or its campaign is off or removed',
  beacon_expired: 'the mail is older than its beacon counts',
  head: 'only the headers of a beacon were asked for, which shows nobody anything',
  invalid_event: 'a required field is missing, has the wrong type or cannot be read',
  trait: 'the site does not count this trait of its visitors',
  unsupported_type: 'this version does not know this kind of event',
  foreign_origin: 'the page that sent it is on another site, or would not say on which',
  unknown_site: 'the site that it names is not registered here; counted for the whole installation only',
  unreadable:
    'the request could not be read or was too large: it counts as one, for the whole installation only',
} as const
export type DropReason = keyof typeof DROP_REASONS

/** What a step on an event's way answers: the event for the next station, or why it ends here. */
export type Outcome<T> =
  { readonly kept: true; readonly value: T } | { readonly kept: false; readonly reason: DropReason }

export function keep<T>(value: T): Outcome<T> {
  return { kept: true, value }
}

export function drop(reason: DropReason): { readonly kept: false; readonly reason: DropReason } {
  return { kept: false, reason }
}
