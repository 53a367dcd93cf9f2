import type { AppOptions } from '../app.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { createLog } from '../log.ts'
import type { CliContext } from './context.ts'
import { stopSignal } from './stop-signal.ts'

/** `sluice start`: serves until SIGINT or SIGTERM. Resolves to the exit code. */
export async function start(context: CliContext): Promise<number> {
  return serve(context)
}

/** Serves, with the demo site where one is given, which `prepare` fills before anything is served. */
export async function serve(
  context: CliContext,
  demo?: { site: string; prepare: AppOptions['prepare'] },
): Promise<number> {
  const { config, stdout, stderr } = context
  const log = createLog(config.logLevel)
  const stopping = stopSignal()
  // The engine needs as long to start as all other modules to load. Should it fail meanwhile, startApp tells.
  const clickhouse = openClickHouse({ ...config, log, mode: 'serve' })
  clickhouse.catch(() => undefined)
  const { startApp } = await import('../app.ts')
  const app = await startApp({ config, log, clickhouse, demo: demo?.site, prepare: demo?.prepare })
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
  const signal = await stopping
  log.info({ signal }, 'stopping')
  await app.stop()
  return 0
}
