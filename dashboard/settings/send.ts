import { useCallback } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { useLoaded, type Loaded } from './context.ts'

/** What a GET of the API answers; asked again when told to. */
export function useGet<T>(path: string): Loaded<T> {
  const { api } = useSurroundings()
  return useLoaded(useCallback(() => api.send<T>('GET', path), [api, path]))
}

/** Address of something of a site: `api/sites/example.com/settings`. */
export function siteAddress(site: string, what: string): string {
  return `api/sites/${encodeURIComponent(site)}/${what}`
}
