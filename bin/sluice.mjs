#!/usr/bin/env node
// The command of a clone: builds what is missing or older than its source, then becomes the real one in dist/.
import { ensureBuilt } from '../scripts/build.mjs'

await ensureBuilt()
await import('../dist/sluice/main.js')
