import type { AppOptions } from '../app.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { defaultPublicUrl, type Config } from '../config.ts'
import { UserError } from '../errors.ts'
import type { TlsFiles } from '../http/tls.ts'
import { createLog } from '../log.ts'
import { UsageError, type CliContext, type Input } from './context.ts'
import { stopSignal } from './stop-signal.ts'

/** `sluice start`: serves until SIGINT or SIGTERM. Resolves to the exit code. */
export async function start(context: CliContext, input: Input): Promise<number> {
  const tls = tlsFiles(input)
  return tls ? serve({ ...context, config: overHttps(context.config) }, { tls }) : serve(context)
}

function tlsFiles(input: Input): TlsFiles | undefined {
  const [cert, key] = [input.text('tls-cert'), input.text('tls-key')]
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  throw new UsageError('--tls-cert and --tls-key belong together: give both, or none behind a proxy.')
}

/** Cookies and links follow the public address: over TLS it begins with https. */
function overHttps(config: Config): Config {
  const { host, port, publicUrl } = config
  if (publicUrl.startsWith('https:')) return config
  if (publicUrl === defaultPublicUrl(host, port)) {
    return { ...config, publicUrl: publicUrl.replace('http:', 'https:') }
  }
  throw new UserError('PUBLIC_URL must begin with https where --tls-cert is given: correct it or unset it.')
}

/** Serves, with the demo site where one is given, which `prepare` fills before anything is served. */
export async function serve(
  context: CliContext,
  options: { demo?: { site: string; prepare: AppOptions['prepare'] }; tls?: TlsFiles } = {},
): Promise<number> {
  const { demo, tls } = options
  const { config, stdout, stderr } = context
  const log = createLog(config.logLevel)
  const stopping = stopSignal()
  // The engine needs as long to start as all other modules to load. Should it fail meanwhile, startApp tells.
  const clickhouse = openClickHouse({ ...config, log, mode: 'serve' })
  clickhouse.catch(() => undefined)
  const { startApp } = await import('../app.ts')
  const app = await startApp({ config, log, clickhouse, demo: demo?.site, prepare: demo?.prepare, tls })
  const say = (line: string): void => void stderr.write(`${line}\n`)
  say(`Sluice serves on ${app.url}`)
  // By the name of the demo's site: a page on 127.0.0.1 would be another origin and count nothing.
  if (demo) say(`Demo site:      http://${demo.site}:${new URL(app.url).port}/demo/`)
  say(`Dashboard:      ${config.publicUrl}/`)
  const [look, setUp] = [app.lookLink(), await app.setUpLink()]
  if (look !== undefined) say(`Look, once:     ${look}   (the demo's numbers only, no account needed)`)
  if (setUp !== undefined) say(`First account:  ${setUp}   (once, within a day)`)
  const site = app.sites.list()[0]
  say(
    site
      ? `Script tag:     <script defer src="${config.publicUrl}/sluice.js" data-site="${site.domain}"></script>`
      : 'Next step:      npx sluice site add example.com   (prints the script tag)',
  )
  stdout.write(`${JSON.stringify({ ready: true, url: app.url })}\n`)
  void app.testPublicUrl()
  const signal = await stopping
  log.info({ signal }, 'stopping')
  await app.stop()
  return 0
}
