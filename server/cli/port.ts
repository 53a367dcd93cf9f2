import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'
import { UsageError } from './context.ts'

/** The flag `--port`. Default 0: any that is free. */
export function readPort(text: string | undefined): number {
  const port = Number(text ?? 0)
  if (!/^\d{1,5}$/.test(text ?? '0') || port > 65_535) {
    throw new UsageError('--port is a whole number from 0 to 65535; 0 takes one that is free.')
  }
  return port
}

/** What begins to listen on a port; where the port cannot be had, the fault says so. */
export async function onPort<T>(port: number, begin: (port: number) => Promise<T>): Promise<T> {
  try {
    return await begin(port)
  } catch (error) {
    const code = codeOf(error)
    if (code === '') throw error
    throw new UserError(`Port ${port} cannot be had (${code}): name another with --port, or none.`)
  }
}
