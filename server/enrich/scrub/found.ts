/**
 * What the scrubber takes out. Each is replaced by its name behind a colon, `:email`, and counted, never kept; a
 * `property` that the site has not declared goes as a whole.
 */
export const SCRUB_KINDS = [
  'email',
  'phone',
  'card',
  'id',
  'token',
  'uuid',
  'place',
  'ip',
  'property',
] as const
export type ScrubKind = (typeof SCRUB_KINDS)[number]

/** Told by a detector, from left to right: `text.slice(start, end)` is one of these. */
export type Found = (start: number, end: number, kind: ScrubKind) => void
