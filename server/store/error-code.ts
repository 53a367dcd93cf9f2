/** The name that SQLite or the system gives an error, `SQLITE_BUSY` or `EACCES`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
