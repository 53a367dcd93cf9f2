import type { ConsentCategory } from '../../../schema/consent.ts'

type State = 'granted' | 'denied'

/** What tags of Google (consent mode v2) and Microsoft (UET) are told. */
export interface ConsentMode {
  google: {
    ad_storage: State
    ad_user_data: State
    ad_personalization: State
    analytics_storage: State
    functionality_storage: State
    personalization_storage: State
    security_storage: State
  }
  microsoft: { ad_storage: State }
}

/**
 * The consent mode of a choice, in its basic form: a tag of a category that is not granted is not loaded at all, so
 * that these values only reach tags which may run. Sources: https://developers.google.com/tag-platform/security/guides/consent
 * and Microsoft Advertising's UET consent mode. Security needs no consent and is always granted.
 */
export function consentMode(granted: readonly ConsentCategory[]): ConsentMode {
  const state = (category: ConsentCategory): State => (granted.includes(category) ? 'granted' : 'denied')
  const ads = state('targeting')
  const preferences = state('functionality')
  return {
    google: {
      ad_storage: ads,
      ad_user_data: ads,
      ad_personalization: ads,
      analytics_storage: state('performance'),
      functionality_storage: preferences,
      personalization_storage: preferences,
      security_storage: 'granted',
    },
    microsoft: { ad_storage: ads },
  }
}
