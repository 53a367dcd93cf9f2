/** Nothing can be kept now, and nothing is broken: answered 503 until there is room again. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull'
}

/** The disk refused a write or could not make it durable: answered 503; the next attempt goes to a new segment. */
export class SpoolBroken extends Error {
  override readonly name = 'SpoolBroken'
}

/** The code of an error of the system, `ENOSPC`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Whether the file system has no room left, for everybody or for this user. */
export function isOutOfSpace(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}
