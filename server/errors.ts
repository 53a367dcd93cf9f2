/**
 * A fault the caller can mend: one sentence that names the thing and what to do. Everything else that is thrown
 * is a bug or a broken machine and is answered as "internal error" with an id.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** HTTP status that answers it. */
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

/** A request that is not looked at, 429, with the time after which another one is: the header Retry-After. */
export class TooManyTries extends UserError {
  readonly retryAfterSeconds: number
  constructor(
    retryAfterSeconds: number,
    sentence = 'There were too many tries: wait a while and try again.',
  ) {
    super(sentence, 429)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
