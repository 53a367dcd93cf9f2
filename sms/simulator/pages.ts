import type { JsonObject } from './json.ts'

/**
 * One page of what was found, with the tokens of the next and of the one before. A page that holds more than is allowed
 * is made as long as is allowed.
 */
export function pageOf(
  found: readonly JsonObject[],
  query: URLSearchParams | Map<string, string>,
  most: number,
): JsonObject {
  const perPage = Math.min(Math.max(Math.trunc(Number(query.get('perPage') ?? most)) || most, 1), most)
  const at = Number(/^pgt(\d+)$/.exec(query.get('pageToken') ?? '')?.[1] ?? 0)
  return {
    records: found.slice(at, at + perPage),
    paging: {
      pageToken: `pgt${at}`,
      perPage,
      firstPageToken: 'pgt0',
      previousPageToken: at > 0 ? `pgt${Math.max(at - perPage, 0)}` : undefined,
      nextPageToken: at + perPage < found.length ? `pgt${at + perPage}` : undefined,
    },
  }
}
