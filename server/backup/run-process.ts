import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { BackupSettings, Config, Environment } from '../config.ts'
import { programFile } from '../project-root.ts'
import { s3Environment } from './s3/settings.ts'

/** Characters of what the process said that go into the error. */
const MAX_SAID = 1_000

/**
 * Makes a backup by `sluice backup` in a process of its own and of low priority, so that packing and sealing hold up no
 * request. It is restored as well, where that needs no other database than the embedded one. Rejects with what the
 * process said.
 */
export function runBackupProcess(
  config: Config,
  { target, keep }: BackupSettings,
  signal: AbortSignal,
): Promise<void> {
  const words = ['backup', target, '--keep', String(keep), '--scheduled', '--json']
  if (config.clickhouseUrl === undefined) words.push('--rehearse')
  const child = spawn(process.execPath, [programFile('main'), ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environmentOf(config),
  })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  const end = (): void => {
    child.kill()
  }
  signal.addEventListener('abort', end)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_SAID)
  })
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killed) => {
      if (code === 0) resolve()
      else reject(new Error(said.trim() || `the backup ended with ${code ?? killed}`))
    })
  }).finally(() => signal.removeEventListener('abort', end))
}

/** What the command is to work on, as this process was told. */
function environmentOf(config: Config): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'XDG_RUNTIME_DIR'].map((name) => [name, process.env[name]])
  const told: Environment = {
    SLUICE_DATA: config.dataDir,
    SLUICE_KEY: config.envKey,
    CLICKHOUSE_URL: config.clickhouseUrl,
    CLICKHOUSE_CLUSTER: config.clickhouseCluster,
    DATABASE_URL: config.databaseUrl,
    ...s3Environment(config.s3),
    LOG_LEVEL: 'warn',
  }
  const all = [...kept, ...Object.entries(told)].filter(([, value]) => value !== undefined)
  return Object.fromEntries(all) as NodeJS.ProcessEnv
}
