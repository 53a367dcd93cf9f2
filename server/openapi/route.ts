import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Router } from 'express'
import { projectRoot } from '../project-root.ts'
import { openApiDocument } from './document.ts'

/** `GET /api/openapi.json`: what all routes take. It holds nothing of this installation but its address, so anybody may read it. */
export function createOpenApiRouter({ publicUrl }: { publicUrl: string }): Router {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  let text: string | undefined
  const router = Router()
  router.get('/api/openapi.json', (_request, response) => {
    text ??= JSON.stringify(openApiDocument({ publicUrl, version }))
    response.set({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    })
    response.send(text)
  })
  return router
}
