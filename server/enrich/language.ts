const TAG = /^([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?=$|[-,;\s])/i

/**
 * Primary language and region of a BCP 47 tag or of the first entry of an Accept-Language header, which browsers send
 * in order of preference: `en-GB`, `zh-TW`, `es-419`. Empty when there is none.
 */
export function normaliseLanguage(text: string): string {
  const tag = TAG.exec(text.trimStart())
  if (!tag) return ''
  const language = (tag[1] as string).toLowerCase()
  return tag[2] === undefined ? language : `${language}-${tag[2].toUpperCase()}`
}
