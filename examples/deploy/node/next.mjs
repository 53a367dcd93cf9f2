// A site on Next with Sluice under /_s/: PUBLIC_URL=https://example.com/_s npx sluice start
//
// A server of one's own (https://nextjs.org/docs/app/guides/custom-server) in place of `next start`, since nothing in
// Next knows who the visitor is: rewrites, route handlers and proxy.js see an X-Forwarded-For that the visitor may have
// written. Where a proxy in front of Next overwrites that header, let the proxy pass /_s/ to Sluice instead.
import http from 'node:http'
import next from 'next'
import { sluice } from './sluice.mjs'

const app = next({ dev: false })
await app.prepare()
const page = app.getRequestHandler()
const first = sluice()
http.createServer((request, response) => first(request, response, () => page(request, response))).listen(3000)
