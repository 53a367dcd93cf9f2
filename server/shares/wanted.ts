import { DIMENSIONS, type Filter } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { isLoopbackHost } from '../alerts/reachable.ts'
import { parseUrl } from '../host.ts'
import { isSparse } from '../query/catalog.ts'
import { parseQuery } from '../query/parse.ts'

/** What somebody wants of a share link, as it was sent; `checkWanted` says what is wrong with it. */
export interface WantedShare {
  /** What it is called in the list. */
  readonly name: string
  /** Whoever opens it has to know it. Absent: nobody is asked. */
  readonly password?: string | undefined
  /** Unix milliseconds. Absent: it does not end by itself. */
  readonly expiresAt?: number | undefined
  /** Conditions that every question by it has. */
  readonly filters?: readonly unknown[] | undefined
  /** Origins whose pages may frame it, `https://example.com`. */
  readonly embed?: readonly string[] | undefined
}

export type CheckedShare = Omit<WantedShare, 'filters' | 'embed'> & {
  readonly filters: readonly Filter[]
  readonly embed: readonly string[]
}

const MAX_NAME = 80
/** One that is chosen for good leaves the reader room for questions of their own. */
const MAX_FILTERS = 5
const MAX_EMBED = 10

/** What visits and page views are selected by: what they did beside has rates of its own, which tell of all others. */
const FIXABLE = DIMENSIONS.filter((dimension) => !isSparse(dimension))

/** The same, as it is kept. Throws UserError for the first thing that cannot be. */
export function checkWanted(wanted: WantedShare, site: Pick<Site, 'domain'>): CheckedShare {
  return {
    ...wanted,
    name: checkName(wanted.name),
    filters: checkFilters(wanted.filters ?? [], site),
    embed: checkEmbed(wanted.embed ?? []),
  }
}

/** It is shown to whoever reads the list, and stays there: no place for somebody's address. */
function checkName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > MAX_NAME || /\p{Cc}|\p{Cs}/u.test(name)) {
    throw new UserError(`Say in \`name\` what the link is for, in 1 to ${MAX_NAME} characters.`)
  }
  if (name.includes('@') || /\d[\d\s().-]{5,}\d/.test(name)) {
    throw new UserError('Leave e-mail addresses and long numbers out of the name of a link.')
  }
  return name
}

function checkFilters(filters: readonly unknown[], { domain }: Pick<Site, 'domain'>): readonly Filter[] {
  if (filters.length > MAX_FILTERS) {
    throw new UserError(`A link has at most ${MAX_FILTERS} fixed filters: leave some out.`)
  }
  // What is wrong with one is said as it is of a question that holds it.
  const { filters: read = [] } = parseQuery({ site: domain, metrics: ['visitors'], filters })
  const known: readonly string[] = FIXABLE
  const other = read.find(({ dimension }) => !known.includes(dimension))
  if (other) {
    throw new UserError(
      `A link cannot be fixed to ${JSON.stringify(other.dimension)}: take one of ${FIXABLE.join(', ')}.`,
    )
  }
  return read
}

/** Origins as a browser compares them. */
function checkEmbed(hosts: readonly string[]): readonly string[] {
  if (hosts.length > MAX_EMBED) {
    throw new UserError(`A link is framed by at most ${MAX_EMBED} hosts: leave some out.`)
  }
  return [...new Set(hosts.map(originOf))]
}

function originOf(text: string): string {
  const host = text.trim()
  const url = parseUrl(host.includes('://') ? host : `https://${host}`)
  const isHttps = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  // A star would be taken for any host by the browser.
  const isPlain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (!url || !isHttps || !isPlain || !/^(\[[\da-f:.]+\]|[a-z\d.-]+)$/.test(url.hostname)) {
    throw new UserError(
      `${JSON.stringify(host.slice(0, 80))} is no host that can frame a link: write it like https://example.com.`,
    )
  }
  return url.origin
}
