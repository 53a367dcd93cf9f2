import type { LogLine } from './line.ts'

/**
 * What a request was for. `document`: a page that somebody was given, `asset`: a file that pages are made of, or that is
 * no page; `other`: what was not given, and what is no GET.
 */
export type RequestKind = 'document' | 'asset' | 'other'

const EXTENSION = /\.([A-Za-z\d]+)$/
const DOCUMENTS: ReadonlySet<string> = new Set(['html', 'htm', 'xhtml', 'php', 'asp', 'jsp'])
const FEED = /(?:^|&)(?:flav=|feed(?:[=&]|$))/
export function isFeed(query: string): boolean {
  return FEED.test(query)
}

/** A longer address is no page: what is stored of it would be another's. */
const MAX_ADDRESS = 2_048

export function kindOf(line: Pick<LogLine, 'method' | 'path' | 'query' | 'status'>): RequestKind {
  const kind = isAnswered(line) ? pathKindOf(line.path, line.query) : 'other'
  return kind === 'document' && line.method !== 'GET' ? 'other' : kind
}

/** Whether somebody asked for something and was given it. */
export function isAnswered({ method, status }: Pick<LogLine, 'method' | 'status'>): boolean {
  return ((status >= 200 && status < 300) || status === 304) && (method === 'GET' || method === 'HEAD')
}

/** What an address is of, where it is asked for by GET and given. */
export function pathKindOf(path: string, query: string): RequestKind {
  if (path === '') return 'other'
  const extension = EXTENSION.exec(path.slice(path.lastIndexOf('/')))?.[1]?.toLowerCase()
  if ((extension !== undefined && !DOCUMENTS.has(extension)) || isFeed(query)) return 'asset'
  return path.length + query.length <= MAX_ADDRESS ? 'document' : 'other'
}
