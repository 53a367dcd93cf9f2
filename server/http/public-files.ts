import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { projectRoot } from '../project-root.ts'
import { PUBLIC_HEADERS } from './answer.ts'

/** The folder of browser bundles. */
export const PUBLIC_FOLDER = path.join(projectRoot, 'dist', 'public')

/** What pages of other sites load. */
export const PUBLIC_FILES = {
  '/sluice.js': 'text/javascript; charset=utf-8',
  '/sluice-choice.js': 'text/javascript; charset=utf-8',
  '/sluice-measured.js': 'text/javascript; charset=utf-8',
  '/sluice-routes.js': 'text/javascript; charset=utf-8',
  '/sluice-events.js': 'text/javascript; charset=utf-8',
  '/sluice-vitals.js': 'text/javascript; charset=utf-8',
  '/sluice-clicks.js': 'text/javascript; charset=utf-8',
  '/sluice-memory.js': 'text/javascript; charset=utf-8',
  '/sluice-beacon.js': 'text/javascript; charset=utf-8',
  '/sluice-ui.js': 'text/javascript; charset=utf-8',
  '/sluice-ui.css': 'text/css; charset=utf-8',
}

interface PublicFile {
  type: string
  etag: string
  identity: Buffer
  br: Buffer
  gzip: Buffer
}

/**
 * Serves the few scripts that other sites embed. The bytes are the same for everybody whatever the query, cookies or
 * forwarded host, so that no cache on the way can be poisoned; they were compressed when it was built.
 */
export function createPublicFiles(
  names: Record<string, string>,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const files = new Map<string, PublicFile>()
  for (const [route, type] of Object.entries(names)) {
    const source = path.join(PUBLIC_FOLDER, route)
    if (!existsSync(source)) throw new Error(`the bundle ${route} is missing: run \`npm run build\``)
    const identity = readFileSync(source)
    const [br, gzip] = [readFileSync(`${source}.br`), readFileSync(`${source}.gz`)]
    // A hash of the content: it tells two versions of the script apart, never two visitors.
    const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
    files.set(route, { type, etag, identity, br, gzip })
  }
  return (request, response) => {
    const route = (request.url ?? '').split('?', 1)[0] ?? ''
    const file = files.get(route)
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    const headers = {
      ...PUBLIC_HEADERS,
      'cache-control': 'public, max-age=3600',
      'content-type': file.type,
      etag: file.etag,
      vary: 'accept-encoding',
    }
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, headers).end()
      return true
    }
    const accepted = request.headers['accept-encoding'] ?? ''
    const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : 'identity'
    const body = file[encoding]
    response.writeHead(200, {
      ...headers,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      'content-length': String(body.length),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
    return true
  }
}
