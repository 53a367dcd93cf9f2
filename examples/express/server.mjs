import express from 'express'
import { openRequestLog } from 'sluice/express'

/** A site whose server tells Sluice of the requests it answers. */
const requestLog = await openRequestLog({
  server: process.env.SLUICE_URL ?? 'http://127.0.0.1:8000',
  key: process.env.SLUICE_INGEST_KEY ?? '',
  spool: process.env.SLUICE_SPOOL ?? './sluice-spool',
  timezone: 'Europe/Berlin',
  skip: (request) => request.url === '/health',
  onFault: (message) => console.warn(message),
})

const app = express()
// Behind a proxy on this machine: its word on who asked is taken.
app.set('trust proxy', 'loopback')
app.use(requestLog)
app.get('/health', (_request, response) => response.send('well'))
app.get('/', (_request, response) => response.send('<h1>Hello</h1>'))
app.get('/counts', (_request, response) => response.json(requestLog.counts()))

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('ready'))

process.once('SIGTERM', () => {
  server.close(() => void requestLog.close().then(() => process.exit(0)))
  server.closeAllConnections()
})
