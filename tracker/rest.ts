import { FIRST_REST_MS, MAX_TRIES } from './limits.ts'

/**
 * Rests after a failure: as long as Retry-After says, else a time that doubles with each failure in a row and is
 * spread by chance, so that pages do not return all at once. After the last try until a network comes back.
 */
export function rest(fault: unknown, failures: number): Promise<unknown> {
  // Text that is a number, or nothing: either way it can be multiplied.
  const seconds = (fault as Partial<Response>).headers?.get('Retry-After') as unknown as number
  return new Promise((resolve) => {
    addEventListener('online', resolve)
    if (failures < MAX_TRIES) {
      setTimeout(resolve, seconds * 1_000 || (1 + Math.random()) * FIRST_REST_MS * 2 ** failures)
    }
  })
}
