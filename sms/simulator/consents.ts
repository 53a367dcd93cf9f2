import type { Emit } from './events.ts'
import type { JsonObject } from './json.ts'
import { pageOf } from './pages.ts'
import { ApiError, field, listOf, readJson, type Call, type Reply } from './reply.ts'
import {
  E164,
  fineTime,
  finerDigits,
  type ConsentRecord,
  type ConsentSource,
  type OptStatus,
  type World,
} from './world.ts'

export interface Consents {
  statusOf(from: string, to: string): OptStatus | undefined
  /** Keeps what a pair's status is now, and tells of it. */
  set(from: string, to: string, status: OptStatus, source: ConsentSource): void
  list(call: Call): Reply
  update(call: Call): Reply
  search(call: Call): Reply
  history(call: Call): Reply
  export(): Reply
  optOuts(call: Call): Reply
  bulkAssign(call: Call): Reply
}

/** Opt-outs by pair of sender and recipient, in the list of high-volume numbers and in the newer one of all. */
export function createConsents(world: World, emit: Emit): Consents {
  const { consents, history, clock, random, numbers, faults } = world

  function set(from: string, to: string, status: OptStatus, source: ConsentSource): void {
    const record: ConsentRecord = { from, to, status, source, at: clock.now(), finer: finerDigits(random) }
    consents.set(`${from} ${to}`, record)
    history.push(record)
    emit('consents', { records: [consentJson(record)] })
    if (numbers.get(from)?.features.includes('A2PSmsSender')) {
      emit('a2p-opt-outs', { from, to, active: status === 'OptOut' })
    }
  }
  /** Why a pair cannot be changed; undefined where it was. */
  function change(
    from: unknown,
    to: unknown,
    status: unknown,
  ): { code: string; message: string } | undefined {
    if (typeof to !== 'string' || !E164.test(to))
      return { code: 'CMN-101', message: 'Parameter [to] value is invalid' }
    if (status !== 'OptOut' && status !== 'OptIn') {
      return { code: 'CMN-101', message: 'Parameter [optStatus] value is invalid' }
    }
    const own = [...numbers.values()].filter(({ isForeign }) => !isForeign).map(({ number }) => number)
    const senders = from === '*' ? own : own.filter((number) => number === from)
    if (senders.length === 0)
      return { code: 'CMN-102', message: 'Resource for parameter [from] is not found' }
    if (faults.failConsents.includes(to))
      return { code: 'CMN-201', message: 'Service is temporary unavailable' }
    for (const sender of senders) set(sender, to, status, 'Api')
    return undefined
  }
  function select(from: readonly string[], to: readonly string[], states: readonly string[]): JsonObject[] {
    return [...consents.values()]
      .filter((record) => from.length === 0 || from.includes(record.from))
      .filter((record) => to.length === 0 || to.includes(record.to))
      .filter((record) => states.includes(record.status))
      .map(consentJson)
  }

  return {
    statusOf: (from, to) => consents.get(`${from} ${to}`)?.status,
    set,
    list({ query }) {
      const states = listOf(query, 'optStatus')
      const found = select(
        listOf(query, 'from'),
        listOf(query, 'to'),
        states.length === 0 ? ['OptOut'] : states,
      )
      return { status: 200, json: pageOf(found, query, 1000) }
    },
    update(call) {
      const records = readJson(call)['records']
      if (!Array.isArray(records) || records.length === 0) {
        throw new ApiError(400, 'CMN-101', 'Parameter [records] value is invalid', 'records')
      }
      const failedRecords = records.flatMap((record: unknown): JsonObject[] => {
        const [from, to, status] = ['from', 'to', 'optStatus'].map((key) => field(record, key))
        const error = change(from, to, status)
        if (!error) return []
        const { code: errorCode, message } = error
        return [
          {
            from: text(from),
            to: text(to),
            optStatus: text(status),
            source: 'Api',
            error: { errorCode, message },
          },
        ]
      })
      // Part of it may have failed: the status does not tell.
      return { status: 200, json: { failedRecords } }
    },
    search(call) {
      const body = readJson(call)
      const [from, to] = [texts(body['from']), texts(body['to'])]
      const states = typeof body['optStatus'] === 'string' ? [body['optStatus']] : ['OptOut', 'OptIn']
      const paging = new Map(
        ['pageToken', 'perPage'].flatMap((key): [string, string][] =>
          body[key] === undefined ? [] : [[key, text(body[key]) ?? '']],
        ),
      )
      return { status: 200, json: pageOf(select(from, to, states), paging, 1000) }
    },
    history({ query }) {
      const to = listOf(query, 'to')
      const found = history
        .filter((record) => to.length === 0 || to.includes(record.to))
        .map(({ from, to: recipient, status, source, at, finer }) => ({
          from,
          to: recipient,
          optStatus: status,
          source,
          createdAt: fineTime(at, finer),
        }))
      return { status: 200, json: pageOf(found, query, 1000) }
    },
    export: () => ({
      status: 200,
      csv: csvOf(
        // As the definitions of the official client have it.
        [
          'External Party Number',
          'Internal Party Number',
          'Consent Status',
          'Source',
          'Coverage',
          'Campaign Type',
          'Notes',
          'Last Modified Time',
        ],
        [...consents.values()].map(({ from, to, status, source, at, finer }) => [
          to,
          from,
          status,
          source,
          'PhoneNumber',
          '',
          '',
          fineTime(at, finer),
        ]),
      ),
    }),
    optOuts(call) {
      const { query, headers } = call
      const [from, to] = [listOf(query, 'from'), listOf(query, 'to')]
      const wanted = (query.get('status') ?? 'optout').toLowerCase()
      const states = ['OptOut', 'OptIn'].filter(
        (status) => wanted === 'all' || status.toLowerCase() === wanted,
      )
      const found = [...consents.values()].filter(
        (record) =>
          numbers.get(record.from)?.features.includes('A2PSmsSender') &&
          (from.length === 0 || from[0] === '*' || from.includes(record.from)) &&
          (to.length === 0 || to.includes(record.to)) &&
          states.includes(record.status),
      )
      if (headers.accept?.includes('text/csv')) {
        const cells = found.map(({ from: sender, to: recipient, status, source }) => [
          sender,
          recipient,
          status,
          sourceOf(source),
        ])
        return { status: 200, csv: csvOf(['FROM', 'TO', 'STATUS', 'SOURCE'], cells) }
      }
      const records = found.map(({ from: sender, to: recipient, status, source }) => ({
        from: sender,
        to: recipient,
        status,
        source: sourceOf(source),
      }))
      return { status: 200, json: pageOf(records, query, 1000) }
    },
    bulkAssign(call) {
      const body = readJson(call)
      const assign = (key: string, status: OptStatus): JsonObject => {
        const results = texts(body[key]).map((to) => ({ to, error: change(body['from'], to, status) }))
        return {
          successful: results.filter(({ error }) => !error).map(({ to }) => to),
          failed: results.flatMap(({ to, error }) => (error ? [{ to, errorMessage: error.message }] : [])),
        }
      }
      if (texts(body['optOuts']).length + texts(body['optIns']).length === 0) {
        throw new ApiError(400, 'CMN-101', 'Parameter [optOuts] value is invalid', 'optOuts')
      }
      return {
        status: 200,
        json: { optOuts: assign('optOuts', 'OptOut'), optIns: assign('optIns', 'OptIn') },
      }
    },
  }
}

export function consentJson({ from, to, status, source, at, finer }: ConsentRecord): JsonObject {
  return { from, to, optStatus: status, source, lastModifiedTime: fineTime(at, finer) }
}

/** The older list calls what came by the API the account's. */
function sourceOf(source: ConsentSource): string {
  return source === 'Api' ? 'Account' : source
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

function csvOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('')
}
