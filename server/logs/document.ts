import type { LogLine } from './line.ts'

/**
 * What a request was for. `document`: a page that somebody was given, `asset`: a file that pages are made of, or that is
 * no page; `other`: what was not given, and what is no GET.
 */
export type RequestKind = 'document' | 'asset' | 'other'

const EXTENSION = /\.([A-Za-z\d]+)$/
const DOCUMENTS: ReadonlySet<string> = new Set(['html', 'htm', 'xhtml', 'php', 'asp', 'jsp'])
const FEED = /(?:^|&)(?:flav=|feed(?:[=&]|$))/
/** A longer address is no page: what is stored of it would be another's. */
const MAX_ADDRESS = 2_048

export function kindOf({
  method,
  path,
  query,
  status,
}: Pick<LogLine, 'method' | 'path' | 'query' | 'status'>): RequestKind {
  const isGiven = (status >= 200 && status < 300) || status === 304
  if (!isGiven || path === '' || (method !== 'GET' && method !== 'HEAD')) return 'other'
  const extension = EXTENSION.exec(path.slice(path.lastIndexOf('/')))?.[1]?.toLowerCase()
  if ((extension !== undefined && !DOCUMENTS.has(extension)) || FEED.test(query)) return 'asset'
  return method === 'GET' && path.length + query.length <= MAX_ADDRESS ? 'document' : 'other'
}
