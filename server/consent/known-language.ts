const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
const known = new Map<string, boolean>()

/**
 * The primary language of a BCP 47 tag or an Accept-Language header, `de` of `de-AT,de;q=0.9`; empty for none that
 * exists. Headers come from strangers: what they make up must not become rows.
 */
export function knownLanguage(text: string): string {
  const code = /^\s*([a-z]{2,3})(?=$|[-,;\s])/i.exec(text)?.[1]?.toLowerCase()
  if (code === undefined) return ''
  let exists = known.get(code)
  if (exists === undefined) {
    exists = names.of(code) !== undefined
    // At most the 18,252 words of two and three letters.
    known.set(code, exists)
  }
  return exists ? code : ''
}
