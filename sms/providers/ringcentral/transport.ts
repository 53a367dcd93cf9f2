/** What came of a request. */
export type Reply =
  | { readonly is: 'answer'; readonly status: number; readonly headers: Headers; readonly text: string }
  /** Surely not taken: no connection was made. */
  | { readonly is: 'not-sent' }
  /** It may have been taken: no answer came, or half of one. */
  | { readonly is: 'lost' }

/** What the module opens connections by; `fetch` but for tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** What fails before the first byte of a request is written. */
const BEFORE = [
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * Sends one request, once: what goes wrong is not tried again here. Begins before it returns. Follows no redirect, which
 * could carry numbers elsewhere.
 */
export async function exchange(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<Reply> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(url, { ...init, redirect: 'manual', signal })
    const { status, headers } = response
    return { is: 'answer', status, headers, text: await response.text() }
  } catch (error) {
    return { is: isBefore(error) ? 'not-sent' : 'lost' }
  }
}

/** Whether an error of fetch is one of looking up, connecting or greeting, so that nothing was sent. */
function isBefore(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  // Where a name has several addresses, each fails for itself.
  const all = cause instanceof AggregateError ? cause.errors : [cause]
  return all.length > 0 && all.every(isOfConnecting)
}

function isOfConnecting(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const { syscall, code } = cause as NodeJS.ErrnoException
  return syscall === 'connect' || syscall === 'getaddrinfo' || BEFORE.includes(code ?? '')
}
