import { takeSlot } from '../../limits.ts'
import type { Clock } from '../../ports.ts'

/** Requests are limited by group; which group a call is of is guessed at first and then told by its answers. */
export type Group = string

/** Requests a minute until an answer says how many; as they are for an application that nobody raised. */
const USUAL: Readonly<Record<string, number>> = { light: 50, medium: 40, heavy: 10, auth: 5 }
const WINDOW_MS = 60_000
/** Where a refusal does not say how long. */
const PENALTY_MS = 60_000
/** Of a group's requests those that send take no more: an opt-out that has to be told never waits for them. */
const FOR_SENDING = 0.8

interface GroupState {
  most: number
  within: number
  /** When requests left, oldest first. */
  times: readonly number[]
  closedUntil: number
}

export interface Gates {
  /** Lets a request out now, or says when one may leave. */
  pass(route: string, guess: Group, sends: boolean): { readonly opensAt: number } | undefined
  /** Learns from what came back; where that was a refusal, says when the next request may leave. */
  heed(route: string, status: number, headers: Headers): { readonly opensAt: number } | undefined
}

/**
 * Keeps within the limits of each group, which are those of this user in this application. Every request in a penalty
 * begins it anew: so after a refusal nothing of the group leaves until it is over, not even to try.
 */
export function createGates(clock: Clock): Gates {
  const groups = new Map<Group, GroupState>()
  const known = new Map<string, Group>()
  /** Of a limit that names no group, which then is that of all. */
  let allClosedUntil = 0

  function groupOf(name: Group): GroupState {
    const there = groups.get(name)
    if (there) return there
    const fresh: GroupState = { most: USUAL[name] ?? 10, within: WINDOW_MS, times: [], closedUntil: 0 }
    groups.set(name, fresh)
    return fresh
  }
  function close(name: Group | null, until: number): void {
    if (name === null) allClosedUntil = Math.max(allClosedUntil, until)
    else groupOf(name).closedUntil = Math.max(groupOf(name).closedUntil, until)
  }

  return {
    pass(route, guess, sends) {
      const now = clock.now()
      const group = groupOf(known.get(route) ?? guess)
      const closedUntil = Math.max(group.closedUntil, allClosedUntil)
      if (now < closedUntil) return { opensAt: closedUntil }
      const most = sends ? Math.max(Math.floor(group.most * FOR_SENDING), 1) : group.most
      const slot = takeSlot(group.times, { most, within: group.within }, now)
      if ('freeAt' in slot) return { opensAt: slot.freeAt }
      group.times = slot.times
      return undefined
    },
    heed(route, status, headers) {
      const now = clock.now()
      const name = headers.get('x-rate-limit-group')?.toLowerCase() ?? null
      if (name !== null) {
        known.set(route, name)
        const group = groupOf(name)
        group.most = wholeOf(headers.get('x-rate-limit-limit')) ?? group.most
        group.within = (wholeOf(headers.get('x-rate-limit-window')) ?? group.within / 1000) * 1000
        // What was used up and was not sent from here, another program sent: nobody knows when its minute began.
        const own = group.times.filter((time) => time > now - group.within).length
        if (headers.get('x-rate-limit-remaining') === '0' && own < group.most) close(name, now + group.within)
      }
      if (status !== 429) return undefined
      const seconds = wholeOf(headers.get('retry-after'))
      const opensAt = now + (seconds === undefined ? PENALTY_MS : seconds * 1000)
      close(name, opensAt)
      return { opensAt }
    },
  }
}

/** A whole number of a header, within reason; undefined for none. */
function wholeOf(text: string | null): number | undefined {
  const number = text !== null && /^\d{1,6}$/.test(text) ? Number(text) : 0
  return number > 0 ? number : undefined
}
