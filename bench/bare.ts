import http from 'node:http'

/**
 * The limit: a node:http server that parses the same JSON and answers 202, and does nothing else.
 * `node bare.js <port>` prints `listening`.
 */
http
  .createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { events: unknown[] }
      const answer = JSON.stringify({ accepted: body.events.length, dropped: 0 })
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': String(answer.length) })
      response.end(answer)
    })
  })
  .listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
