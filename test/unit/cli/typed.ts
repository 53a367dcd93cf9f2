import { runCli } from '../../../server/cli/run.ts'
import { dataFolder } from '../store/opened.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A terminal with a data folder of its own; each word of a line is one argument. */
export function terminal(env: Record<string, string> = {}): (line: string) => Promise<Ran> {
  const environment = { SLUICE_DATA: dataFolder(), LOG_LEVEL: 'silent', ...env }
  return async (line) => {
    const [stdout, stderr]: [string[], string[]] = [[], []]
    const code = await runCli(
      line.split(' ').filter((word) => word !== ''),
      environment,
      {
        stdout: { write: (text) => stdout.push(text) },
        stderr: { write: (text) => stderr.push(text) },
      },
    )
    return { code, stdout: stdout.join(''), stderr: stderr.join('') }
  }
}

/** The one JSON object that was answered. */
export function objectOf(ran: Ran): Record<string, unknown> {
  if (!/^\{.*\}\n$/.test(ran.stdout)) throw new Error(`no single object: ${ran.stdout}${ran.stderr}`)
  return JSON.parse(ran.stdout) as Record<string, unknown>
}
