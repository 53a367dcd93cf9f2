import type { Clock, Lost, Sighting, Sightings } from '../../ports.ts'
import type { Client } from './client.ts'
import { readAll, type Lists } from './pages.ts'

/** How far the clocks of two machines may be apart. */
const APART_MS = 10_000
const AGAIN_MS = 10_000
const MOST_PAGES = 5

/**
 * Looks for a message whose answer was lost, in the list it would be in. Two lists are asked where it is not known which
 * one: a message that is in neither was not taken.
 */
export async function lookUp(client: Client, clock: Clock, lost: Lost, lists: Lists): Promise<Sightings> {
  const { from, to, text, after, before } = lost
  const messages: Sighting[] = []
  const found = await readAll(
    client,
    {
      lists,
      query: {
        direction: 'Outbound',
        phoneNumber: to.reveal(),
        dateFrom: new Date(after - APART_MS).toISOString(),
        dateTo: new Date(before + APART_MS).toISOString(),
      },
      mostPages: MOST_PAGES,
    },
    ({ id, from: sender, to: recipient, text: sent, at }) => {
      if (sender !== from.reveal() || recipient !== to.reveal() || !sameText(sent, text)) return
      messages.push({ id, at })
    },
  )
  if (found.is === 'read') return { is: 'seen', messages }
  return { is: 'unavailable', until: found.until ?? clock.now() + AGAIN_MS }
}

/** Texts may come back composed in another way, and with other spaces. */
export function sameText(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

function plain(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}
