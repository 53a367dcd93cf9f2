import { createCipheriv, randomBytes } from 'node:crypto'
import { fdatasync, fsyncSync, openSync, writeSync } from 'node:fs'
import http, { type ServerResponse } from 'node:http'
import path from 'node:path'

/**
 * The limits of the bench. `node bare.js <port>`: a node:http server that parses the same JSON and answers 202, and does
 * nothing else. `node bare.js <port> <folder>`: one that before it answers also seals the body with AES-256-GCM and syncs
 * it to a file made beforehand, all bodies that came during the last sync at once. What no server can do without that
 * keeps what it has answered, and no more: no record can be found again. Prints `listening`.
 */
const [, , port, folder] = process.argv

const FILE_BYTES = 64 * 1024 * 1024
const PAGE = 4_096

interface Waiting {
  readonly response: ServerResponse
  readonly events: number
}

const keep = folder === undefined ? undefined : createLog(path.join(folder, 'bare-log'))

http
  .createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const { events } = JSON.parse(body.toString()) as { events: unknown[] }
      const waiting = { response, events: events.length }
      if (keep) keep(body, waiting)
      else answer(waiting)
    })
  })
  .listen(Number(port), '127.0.0.1', () => console.log('listening'))

function answer({ response, events }: Waiting): void {
  const text = JSON.stringify({ accepted: events, dropped: 0 })
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': String(text.length) })
  response.end(text)
}

/** Keeps bodies, and answers those that wait for them once they are on disk. */
function createLog(file: string): (body: Buffer, waiting: Waiting) => void {
  const descriptor = openSync(file, 'w')
  const zeros = Buffer.alloc(1024 * 1024)
  for (let at = 0; at < FILE_BYTES; at += zeros.length) writeSync(descriptor, zeros)
  fsyncSync(descriptor)
  const key = randomBytes(32)
  const nonce = Buffer.alloc(12)
  let [at, blocks] = [0, 0]
  let bodies: Buffer[] = []
  let waiting: Waiting[] = []
  let isBusy = false

  function commit(): void {
    if (waiting.length === 0) {
      isBusy = false
      return
    }
    const answered = waiting
    nonce.writeUInt32LE(blocks++)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const sealed = Buffer.concat([...bodies.map((body) => cipher.update(body)), cipher.final()])
    ;[bodies, waiting] = [[], []]
    if (at + sealed.length > FILE_BYTES) at = 0
    writeSync(descriptor, sealed, 0, sealed.length, at)
    writeSync(descriptor, cipher.getAuthTag(), 0, 16, at + sealed.length)
    at += Math.ceil((sealed.length + 16) / PAGE) * PAGE
    fdatasync(descriptor, (error) => {
      if (error) throw error
      for (const one of answered) answer(one)
      commit()
    })
  }

  return (body, one) => {
    bodies.push(body)
    waiting.push(one)
    if (isBusy) return
    isBusy = true
    setImmediate(commit)
  }
}
