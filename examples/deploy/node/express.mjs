// A site on Express with Sluice under /_s/: PUBLIC_URL=https://example.com/_s npx sluice start
import express from 'express'
import { sluice } from './sluice.mjs'

const app = express()
app.use(sluice())
// No access log stands here. One that is added must not write request.ip, nor addresses below /_s/.
app.use(express.static('public'))
app.listen(3000)
