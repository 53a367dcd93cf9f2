import { ASSISTANTS } from './ai.ts'
import { EMAIL, MORE_ASSISTANTS, MORE_SEARCH, MORE_SOCIAL, OTHER, VIDEO } from './more.ts'
import { SEARCH } from './search.ts'
import { SOCIAL } from './social.ts'

export type SourceKind = 'ai' | 'email' | 'video' | 'social' | 'search' | 'other'

export interface KnownSource {
  readonly name: string
  readonly kind: SourceKind
}

/** Where a host stands in two lists the first one counts: a mail reader under a search engine's domain is mail. */
const LISTS: readonly (readonly [SourceKind, string])[] = [
  ['ai', ASSISTANTS],
  ['ai', MORE_ASSISTANTS],
  ['email', EMAIL],
  ['video', VIDEO],
  ['other', OTHER],
  ['social', SOCIAL],
  ['social', MORE_SOCIAL],
  ['search', SEARCH],
  ['search', MORE_SEARCH],
]

/** `bing.com` */
const byHost = new Map<string, KnownSource>()
/** `google`, for `google.{}` */
const byStem = new Map<string, KnownSource>()
/** `bing.com/chat`, `google/imgres` */
const byPath = new Map<string, KnownSource>()
/** What people write into campaign parameters: names and short forms, in lower case. */
const byName = new Map<string, KnownSource>()

const SHORT_FORMS = {
  fb: 'facebook',
  ig: 'instagram',
  yt: 'youtube',
  x: 'twitter',
  'x.com': 'twitter',
  li: 'linkedin',
}

for (const [kind, list] of LISTS) {
  for (const line of list.trim().split('\n')) {
    const colon = line.indexOf(': ')
    const source = { name: line.slice(0, colon), kind }
    setOnce(byName, source.name.toLowerCase(), source)
    for (const entry of line.slice(colon + 2).split(' ')) {
      const key = entry.replace('.{}', '')
      setOnce(entry.includes('/') ? byPath : entry === key ? byHost : byStem, key, source)
    }
  }
}
for (const [short, name] of Object.entries(SHORT_FORMS))
  setOnce(byName, short, byName.get(name) as KnownSource)

function setOnce(map: Map<string, KnownSource>, key: string, source: KnownSource): void {
  if (!map.has(key)) map.set(key, source)
}

/** Domains under which anybody registers names: two letters of a country, some general ones, `co.uk` and the like. */
const GENERAL = new Set(['com', 'net', 'org', 'info', 'cat', 'page'])
const SECOND_LEVEL = new Set(['co', 'com', 'net', 'org', 'gov', 'edu', 'ac', 'or', 'ne', 'go'])

/** The host without the domain under which it is registered: `images.google` of `images.google.co.uk`. */
function stemOf(host: string): string {
  const last = host.lastIndexOf('.')
  if (last < 0) return ''
  const top = host.slice(last + 1)
  if (top.length !== 2) return GENERAL.has(top) ? host.slice(0, last) : ''
  const second = host.lastIndexOf('.', last - 1)
  return SECOND_LEVEL.has(host.slice(second + 1, last))
    ? host.slice(0, Math.max(second, 0))
    : host.slice(0, last)
}

/**
 * The source that a referrer's host belongs to; the longest host that is known counts, and all below it.
 * @param path path of the referrer, where it is known: some hosts hold several sources
 */
export function findSource(host: string, path = ''): KnownSource | undefined {
  const stem = stemOf(host)
  const firstPath = path.length > 1 ? /^\/[^/]*(?:\/[^/]*)?/.exec(path)?.[0] : undefined
  for (let from = 0; from < host.length;) {
    const rest = host.slice(from)
    const restOfStem = stem.slice(from)
    const found =
      (firstPath === undefined ? undefined : (atPath(rest, firstPath) ?? atPath(restOfStem, firstPath))) ??
      byHost.get(rest) ??
      byStem.get(restOfStem)
    if (found) return found
    const dot = host.indexOf('.', from)
    if (dot < 0) break
    from = dot + 1
  }
  return undefined
}

function atPath(host: string, path: string): KnownSource | undefined {
  const first = path.indexOf('/', 1)
  return byPath.get(host + path) ?? (first < 0 ? undefined : byPath.get(host + path.slice(0, first)))
}

/** The source that somebody meant in a campaign parameter: `google`, `fb`, `chatgpt.com`. */
export function findNamedSource(text: string): KnownSource | undefined {
  const name = text.toLowerCase()
  return (
    byName.get(name) ??
    (name.includes('.') ? findSource(name.startsWith('www.') ? name.slice(4) : name) : undefined)
  )
}
