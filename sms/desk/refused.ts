/** What whoever asks can mend: one sentence that names the thing and what to do, without a number in it. */
export interface Refused {
  readonly is: 'refused'
  /** HTTP status that answers it. */
  readonly status: 400 | 404 | 409 | 413 | 422
  readonly error: string
}

export function refused(status: Refused['status'], error: string): Refused {
  return { is: 'refused', status, error }
}
