import type { DropReason } from '../../schema/outcome.ts'

/** What each reason is called, and what it tells the owner of a site. */
type Reasons = Record<DropReason, { name: string; why: string }>

const en: Reasons = {
  no_consent: { name: 'No consent', why: 'This needs consent, and the visitor had given none.' },
  consent_invalid: { name: 'Consent not from here', why: 'The consent token was not made by this server.' },
  consent_expired: { name: 'Consent expired', why: 'The token had run out and was not renewed in time.' },
  consent_revision: {
    name: 'Consent outdated',
    why: 'The policy was widened since; visitors are asked again.',
  },
  consent_category: {
    name: 'Other consent',
    why: 'The consent covers other categories, not the one this needs.',
  },
  gpc: { name: 'Global Privacy Control', why: 'The browser objects, and nothing more explicit was chosen.' },
  bot: { name: 'Robots', why: 'Crawlers, monitors and scripts, by user agent or network.' },
  prefetch: { name: 'Fetched ahead', why: 'The page was loaded before anybody saw it.' },
  referrer_spam: { name: 'Referrer spam', why: 'The referrer is known for made-up visits.' },
  duplicate: { name: 'Duplicates', why: 'Sent twice; each counts once.' },
  hostname: { name: 'Other host', why: 'The page is not on the site or its allowed subdomains.' },
  invalid_event: { name: 'Unreadable event', why: 'A field is missing or of the wrong type.' },
  unsupported_type: { name: 'Unknown kind', why: 'A kind of event that this version does not know.' },
  foreign_origin: { name: 'Other origin', why: 'A page of another site sent it in this site’s name.' },
  beacon_unknown: {
    name: 'Beacon not from here',
    why: 'The address of the picture was not made here, or its campaign is off.',
  },
  beacon_expired: { name: 'Beacon expired', why: 'The mail is older than its beacon counts.' },
  trait: { name: 'Trait not taken', why: 'The site takes no such trait of its audience, or not this value.' },
  head: { name: 'Headers only', why: 'Only the headers of a beacon were asked for.' },
  unknown_site: { name: 'Unknown site', why: 'The site is not registered here.' },
  unreadable: { name: 'Unreadable request', why: 'The request could not be read.' },
}

const de: Reasons = {
  no_consent: { name: 'Keine Einwilligung', why: 'Dafür braucht es eine Einwilligung, und es gab keine.' },
  consent_invalid: {
    name: 'Fremde Einwilligung',
    why: 'Das Einwilligungs-Token stammt nicht von diesem Server.',
  },
  consent_expired: { name: 'Einwilligung abgelaufen', why: 'Das Token war abgelaufen und nicht erneuert.' },
  consent_revision: {
    name: 'Einwilligung überholt',
    why: 'Die Richtlinie wurde seither erweitert; Besucher werden neu gefragt.',
  },
  consent_category: {
    name: 'Andere Einwilligung',
    why: 'Sie gilt für andere Kategorien, nicht für die nötige.',
  },
  gpc: {
    name: 'Global Privacy Control',
    why: 'Der Browser widerspricht, und nichts Ausdrücklicheres wurde gewählt.',
  },
  bot: { name: 'Roboter', why: 'Suchmaschinen, Überwachung und Skripte, nach User-Agent oder Netz.' },
  prefetch: { name: 'Vorab geladen', why: 'Die Seite wurde geladen, bevor sie jemand sah.' },
  referrer_spam: { name: 'Referrer-Spam', why: 'Der Verweis ist für erfundene Besuche bekannt.' },
  duplicate: { name: 'Doppelte', why: 'Zweimal gesendet; jedes zählt einmal.' },
  hostname: {
    name: 'Anderer Host',
    why: 'Die Seite liegt nicht auf der Website oder ihren erlaubten Subdomains.',
  },
  invalid_event: { name: 'Unlesbares Ereignis', why: 'Ein Feld fehlt oder hat den falschen Typ.' },
  unsupported_type: { name: 'Unbekannte Art', why: 'Eine Art von Ereignis, die diese Version nicht kennt.' },
  foreign_origin: {
    name: 'Andere Herkunft',
    why: 'Eine Seite einer anderen Website sendete es in ihrem Namen.',
  },
  beacon_unknown: {
    name: 'Fremder Zählpixel',
    why: 'Die Adresse des Bildes stammt nicht von hier, oder seine Kampagne ist aus.',
  },
  beacon_expired: { name: 'Zählpixel abgelaufen', why: 'Die Mail ist älter, als ihr Zählpixel zählt.' },
  trait: {
    name: 'Merkmal nicht vorgesehen',
    why: 'Die Website nimmt kein solches Merkmal, oder nicht diesen Wert.',
  },
  head: { name: 'Nur Kopfzeilen', why: 'Von einem Zählpixel wurden nur die Kopfzeilen verlangt.' },
  unknown_site: { name: 'Unbekannte Website', why: 'Die Website ist hier nicht eingetragen.' },
  unreadable: { name: 'Unlesbare Anfrage', why: 'Die Anfrage ließ sich nicht lesen.' },
}

export const REASONS_TEXT = { en, de }

/** What a reason is called; one that a newer server tells stands for itself. */
export function reasonOf(reasons: Reasons, reason: string): { name: string; why: string } {
  return Object.hasOwn(reasons, reason) ? reasons[reason as DropReason] : { name: reason, why: '' }
}
