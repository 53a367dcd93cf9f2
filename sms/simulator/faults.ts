/** What goes wrong, by number or by share from 0 to 1; may be changed at any time. */
export interface Faults {
  /** So many of the next sends are taken and their replies lost: the connection is cut. */
  loseReplies: number
  /** The same for a share of all sends. */
  loseReplyShare: number
  /** So many of the next requests are cut before they are looked at. */
  cutRequests: number
  /** How long each reply takes, in milliseconds of the machine. */
  latencyMs: number
  /** Requests whose path holds `path` are answered so, so many times. */
  refuse: { path: string; status: number; code: string; times: number }[]
  /** Sends are answered 307 with this address, unless it is empty. */
  redirectTo: string
  /** How long a message that was taken is missing in lists, in milliseconds. */
  visibleAfterMs: number
  /** Recipients for whom consents cannot be changed: the reply is 200 and names them. */
  failConsents: string[]
  /** Share of events that are delivered twice, late enough to be overtaken, or never; all of them so much later. */
  duplicate: number
  reorder: number
  drop: number
  delayMs: number
}

export function noFaults(): Faults {
  return {
    loseReplies: 0,
    loseReplyShare: 0,
    cutRequests: 0,
    latencyMs: 0,
    refuse: [],
    redirectTo: '',
    visibleAfterMs: 0,
    failConsents: [],
    duplicate: 0,
    reorder: 0,
    drop: 0,
    delayMs: 0,
  }
}

/** Whether the reply to a send is lost; counts it. */
export function losesReply(faults: Faults, share: () => number): boolean {
  if (faults.loseReplies > 0) {
    faults.loseReplies--
    return true
  }
  return faults.loseReplyShare > 0 && share() < faults.loseReplyShare
}

/** How a request is refused that a fault is set for; counts it. */
export function refusalOf(faults: Faults, path: string): { status: number; code: string } | undefined {
  const fault = faults.refuse.find((one) => one.times > 0 && path.includes(one.path))
  if (!fault) return undefined
  fault.times--
  return fault
}
