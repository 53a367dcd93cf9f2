import type { SourceKind } from './sources/table.ts'

/** Ways in which people come to a site. The empty one is a step within it. */
export const CHANNELS = [
  'Direct',
  'Organic Search',
  'Paid Search',
  'Organic Social',
  'Paid Social',
  'Organic Video',
  'AI Assistants',
  'Email',
  'Referral',
  'Display',
  'Affiliates',
  'SMS',
  'Audio',
  'Mobile Push',
  'Paid Other',
] as const
export type Channel = (typeof CHANNELS)[number]

const PAID = /^(?:.*cp.*|ppc|retargeting|paid.*)$/
const DISPLAY = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm'])
const SOCIAL = new Set(['social', 'social-network', 'social-media', 'sm', 'social network', 'social media'])
const EMAIL = new Set(['email', 'e-mail', 'e_mail', 'e mail', 'newsletter'])
const AFFILIATE = new Set(['affiliate', 'affiliates', 'partner'])

const ORGANIC: Record<SourceKind, Channel> = {
  ai: 'AI Assistants',
  email: 'Email',
  video: 'Organic Video',
  social: 'Organic Social',
  search: 'Organic Search',
  other: 'Referral',
}

/**
 * The channel of a visit, in the order of the default channel group of Google Analytics 4, with assistants beside it.
 * What the campaign says about the medium counts before what kind of source it is; click ids count for nothing.
 * @param source name as in the campaign or of the referrer, in lower case; empty when there is neither
 * @param medium `utm_medium` in lower case
 * @param kind what the source is known as
 */
export function channelOf(source: string, medium: string, kind: SourceKind | undefined): Channel {
  if (source === '' && medium === '') return 'Direct'
  if (AFFILIATE.has(medium)) return 'Affiliates'
  if (medium !== '' && PAID.test(medium)) {
    if (kind === 'search') return 'Paid Search'
    if (kind === 'social') return 'Paid Social'
    return DISPLAY.has(medium) ? 'Display' : 'Paid Other'
  }
  if (DISPLAY.has(medium)) return 'Display'
  if (SOCIAL.has(medium)) return 'Organic Social'
  if (EMAIL.has(medium) || EMAIL.has(source)) return 'Email'
  if (medium === 'sms' || source === 'sms') return 'SMS'
  if (medium === 'audio') return 'Audio'
  if (medium.endsWith('push') || /mobile|notification/.test(medium) || source === 'firebase')
    return 'Mobile Push'
  if (medium.includes('video')) return 'Organic Video'
  if (medium === 'organic') return 'Organic Search'
  return kind ? ORGANIC[kind] : 'Referral'
}
