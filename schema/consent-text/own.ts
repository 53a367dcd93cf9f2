/** What a visitor is told of the services that are part of Sluice itself, in one language. */
export interface OwnTexts {
  consentRecord: OwnService<'choice' | 'receipt' | 'sweep'>
  statistics: OwnService<'visit' | 'unsent'> & { retention: string }
  preferences: OwnService<'preferences'>
  campaigns: OwnService<'ads' | 'traits'> & { retention: string }
}

interface OwnService<Item extends string> {
  /** The manifest has one name for a service, the one in its own language. */
  name: string
  purpose: string
  items: Record<Item, string>
}
