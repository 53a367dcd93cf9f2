import pino from 'pino'

/**
 * Structured log on standard error (standard output belongs to answers of commands). Only fields named at the call
 * are written: there is no access log, and no serializer that would print a request, its headers or its peer.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // An error is reduced to its kind and message: a stack names machine paths, and causes can quote requests.
      serializers: { err: (error: unknown) => describe(error) },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}

export interface Described {
  readonly name: string
  readonly message: string
}

/** What is logged of an error; of one that is described already the same. */
export function describe(error: unknown): Described {
  if (error instanceof Error || isDescribed(error)) return { name: error.name, message: error.message }
  return { name: 'Thrown', message: String(error) }
}

function isDescribed(error: unknown): error is Described {
  const { name, message } = (error ?? {}) as Partial<Record<keyof Described, unknown>>
  return typeof name === 'string' && typeof message === 'string'
}

/** Says nothing: for tests and tools. */
export const silentLog: Log = createLog('silent')
