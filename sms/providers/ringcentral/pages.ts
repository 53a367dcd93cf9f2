import { field, listOf, textOf } from '../../unknown.ts'
import type { Client, Request } from './client.ts'
import { recordOf, type MessageRecord } from './record.ts'

/** Messages of high-volume numbers are in one list, those of all others in the mailbox. */
export type ListName = 'high-volume' | 'mailbox'
export type Lists = readonly ListName[]

export type AllRead =
  /** `isComplete`: there were no more pages than were to be read. */
  | { readonly is: 'read'; readonly isComplete: boolean }
  | { readonly is: 'unavailable'; readonly until?: number }

const REQUESTS: Readonly<Record<ListName, Request>> = {
  'high-volume': {
    method: 'GET',
    path: '/restapi/v1.0/account/~/a2p-sms/messages',
    query: { view: 'Detailed', perPage: '1000' },
    group: 'light',
  },
  mailbox: {
    method: 'GET',
    path: '/restapi/v1.0/account/~/extension/~/message-store',
    query: { messageType: 'SMS', perPage: '1000' },
    group: 'light',
  },
}

/** Hands over every message of the lists that fits, page by page. */
export async function readAll(
  client: Pick<Client, 'ask'>,
  wanted: { readonly lists: Lists; readonly query: Request['query']; readonly mostPages: number },
  take: (record: MessageRecord) => void,
): Promise<AllRead> {
  let isComplete = true
  for (const list of wanted.lists) {
    const request = REQUESTS[list]
    const read = await readPages(
      client,
      { ...request, query: { ...request.query, ...wanted.query } },
      wanted.mostPages,
      (value) => {
        const record = recordOf(value)
        if (record) take(record)
      },
    )
    if (read.is === 'unavailable') return read
    isComplete &&= read.isComplete
  }
  return { is: 'read', isComplete }
}

/** Hands over the records of a list, page by page: by the token of the next, or by number where there is none. */
async function readPages(
  client: Pick<Client, 'ask'>,
  request: Request,
  mostPages: number,
  take: (value: unknown) => void,
): Promise<AllRead> {
  let next: Request['query'] = {}
  for (let page = 1; page <= mostPages; page++) {
    const called = await client.ask({ ...request, query: { ...request.query, ...next } })
    if (called.is === 'closed') return { is: 'unavailable', until: called.until }
    if (called.is !== 'answer' || called.status !== 200) return { is: 'unavailable' }
    listOf(field(called.json, 'records')).forEach(take)
    const paging = field(called.json, 'paging')
    const token = textOf(field(paging, 'nextPageToken'))
    if (token !== undefined) next = { pageToken: token }
    else if (Number(field(paging, 'totalPages') ?? 1) > page) next = { page: String(page + 1) }
    else return { is: 'read', isComplete: true }
  }
  return { is: 'read', isComplete: false }
}
