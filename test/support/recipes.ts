import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../server/project-root.ts'
import { eventually, freePort } from './product.ts'
import { ensureProgram, makeCertificate, readCertificate } from './programs.ts'

/** A web server that runs with a file of examples/deploy, in which nothing but ports and paths is another. */
export interface Recipe {
  /** Of the site `example.com`, which this machine serves: `https://example.com:<port>`. */
  readonly origin: string
  readonly port: number
  /** The certificate, to be trusted by whoever asks; undefined where the recipe leaves https to another. */
  readonly ca: string | undefined
  /** Its own folder, with the file of the certificate. */
  readonly folder: string
  /** All it wrote anywhere: log files, both streams. */
  logs(): string
  stop(): Promise<void>
}

export interface RecipeOptions {
  /** Where Sluice listens. */
  sluicePort: number
  /** Pages of the site, by file name. Default: an `index.html`. */
  pages?: Record<string, string>
  /** Further changes to the file, from and to, as its comments suggest them. */
  changes?: Record<string, string>
}

export const RECIPES = {
  nginx: startNginx,
  caddy: startCaddy,
  express: (options: RecipeOptions) => startNode('express.mjs', options),
  next: (options: RecipeOptions) => startNode('next.mjs', options),
} as const

export const SITE_PAGE = '<!doctype html><title>Shop</title><h1>Shop</h1>'

async function startNginx(options: RecipeOptions): Promise<Recipe> {
  const nginx = await ensureProgram('nginx')
  const place = makePlace(options)
  const { folder, logFolder, siteFolder } = place
  const { cert, key } = await makeCertificate(folder, 'example.com', 'localhost')
  const [port, httpPort] = [await freePort(), await freePort()]
  const example = exampleText('nginx/example.com.conf', {
    'server 127.0.0.1:8000': `server 127.0.0.1:${options.sluicePort}`,
    'listen 80;': `listen ${httpPort};`,
    'listen [::]:80;': `listen [::]:${httpPort};`,
    'listen 443 ssl': `listen ${port} ssl`,
    'listen [::]:443 ssl': `listen [::]:${port} ssl`,
    '/etc/letsencrypt/live/example.com/fullchain.pem': cert,
    '/etc/letsencrypt/live/example.com/privkey.pem': key,
    '/var/log/nginx/': `${logFolder}/`,
    '/var/cache/nginx/sluice': path.join(folder, 'cache'),
    'root /var/www/example.com': `root ${siteFolder}`,
    ...options.changes,
  })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  writeFileSync(path.join(folder, 'example.com.conf'), example)
  // What Debian's /etc/nginx/nginx.conf says around it.
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    pid ${folder}/nginx.pid;
    events {}
    http {
      ${temporary.join('\n')}
      include /etc/nginx/mime.types;
      access_log ${logFolder}/access.log;
      include ${folder}/example.com.conf;
    }`,
  )
  const startLog = path.join(logFolder, 'start.log')
  const args = ['-p', folder, '-e', startLog, '-c', path.join(folder, 'nginx.conf')]
  return run(nginx, args, { ...place, port, ca: readCertificate({ cert, key }).cert })
}

async function startCaddy(options: RecipeOptions): Promise<Recipe> {
  const caddy = await ensureProgram('caddy')
  const place = makePlace(options)
  const { folder, logFolder, siteFolder } = place
  const { cert, key } = await makeCertificate(folder, 'example.com', 'localhost')
  const [port, httpPort] = [await freePort(), await freePort()]
  const file = path.join(folder, 'Caddyfile')
  const example = exampleText('caddy/Caddyfile', {
    'reverse_proxy 127.0.0.1:8000': `reverse_proxy 127.0.0.1:${options.sluicePort}`,
    // Ports, and no door for its administration, which is on a port of its own.
    '\n\tservers {': `\n\tadmin off\n\thttp_port ${httpPort}\n\thttps_port ${port}\n\tservers {`,
    '# tls /etc/ssl/example.com.pem /etc/ssl/example.com.key': `tls ${cert} ${key}`,
    '/var/log/caddy/': `${logFolder}/`,
    'root * /var/www/example.com': `root * ${siteFolder}`,
    ...options.changes,
  })
  writeFileSync(file, example)
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const args = ['run', '--config', file, '--adapter', 'caddyfile']
  return run(caddy, args, { ...place, port, ca: readCertificate({ cert, key }).cert, env })
}

/** The site's own server; https would be another's, in front. */
async function startNode(name: string, options: RecipeOptions): Promise<Recipe> {
  const place = makePlace(options)
  const { folder } = place
  const port = await freePort()
  for (const file of [name, 'sluice.mjs']) {
    const changes = {
      'sluice()': `sluice({ upstream: 'http://127.0.0.1:${options.sluicePort}' })`,
      'listen(3000)': `listen(${port}, '127.0.0.1')`,
      ...options.changes,
    }
    writeFileSync(path.join(folder, file), exampleText(`node/${file}`, file === name ? changes : {}))
  }
  const modules = path.join(folder, 'node_modules')
  mkdirSync(path.join(modules, 'next'), { recursive: true })
  symlinkSync(path.join(projectRoot, 'node_modules/express'), path.join(modules, 'express'))
  // Next is too large to be installed for a test: this is all that the example asks of it.
  writeFileSync(path.join(modules, 'next/index.js'), FAKE_NEXT)
  return run(process.execPath, [path.join(folder, name)], { ...place, port, ca: undefined, cwd: folder })
}

const FAKE_NEXT = `
const { readFileSync } = require('node:fs')
module.exports = () => ({
  prepare: () => Promise.resolve(),
  getRequestHandler: () => (request, response) => {
    const isThere = request.url === '/'
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/html' })
    response.end(isThere ? readFileSync('public/index.html') : '')
  },
})
`

interface Place {
  folder: string
  logFolder: string
  siteFolder: string
}

function makePlace({ pages = { 'index.html': SITE_PAGE } }: RecipeOptions): Place {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-recipe-'))
  const place = { folder, logFolder: path.join(folder, 'logs'), siteFolder: path.join(folder, 'public') }
  mkdirSync(place.logFolder)
  mkdirSync(place.siteFolder)
  for (const [name, page] of Object.entries(pages)) writeFileSync(path.join(place.siteFolder, name), page)
  return place
}

/** A file of examples/deploy; what is to be replaced has to be there. */
export function exampleText(name: string, changes: Record<string, string>): string {
  let text = readFileSync(path.join(projectRoot, 'examples/deploy', name), 'utf8')
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`examples/deploy/${name} no longer says: ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

interface Running extends Place {
  port: number
  ca: string | undefined
  cwd?: string
  env?: NodeJS.ProcessEnv
}

async function run(program: string, args: string[], running: Running): Promise<Recipe> {
  const { folder, logFolder, port, ca, cwd = folder, env = process.env } = running
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const logs = (): string =>
    output +
    readdirSync(logFolder)
      .map((file) => readFileSync(path.join(logFolder, file), 'utf8'))
      .join('')
  const stop = async (): Promise<void> => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  await eventually(
    () => accepts(port),
    (answers) => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${logs()}`)
      return answers
    },
  )
  return {
    origin: `${ca === undefined ? 'http' : 'https'}://example.com:${port}`,
    port,
    ca,
    folder,
    logs,
    stop,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
