/** What the scrubber tells apart (server/enrich/scrub/found.ts). */
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
