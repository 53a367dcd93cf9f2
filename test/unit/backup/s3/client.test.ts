import { describe, expect, it } from 'vitest'
import { createS3Client } from '../../../../server/backup/s3/client.ts'

const PARTS = {
  settings: {
    endpoint: 'https://s3.example',
    region: 'here',
    style: 'path',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  },
  bucket: 'backups',
  patience: { tryMs: 1_000, waitsMs: [0] },
  clock: { now: () => 0 },
  wait: () => Promise.resolve(),
} as const

describe('a client of storage that speaks S3', () => {
  it('lead to the bucket by host or by path, and follow nobody elsewhere', async () => {
    const asked: [string, unknown][] = []
    const listAt = async (style: 'host' | 'path', endpoint: string): Promise<unknown> => {
      const client = createS3Client({
        ...PARTS,
        settings: { ...PARTS.settings, endpoint, style },
        fetch: (url, options) => {
          asked.push([(url as URL).href, options?.redirect])
          return Promise.resolve(new Response('', { status: 307, headers: { location: 'http://10.0.0.1/' } }))
        },
      })
      return client.list('a/').catch((error: unknown) => String(error))
    }
    expect(await listAt('host', 'https://s3.example:9000')).toContain('somewhere else')
    expect(await listAt('path', 'https://s3.example:9000')).toContain('somewhere else')
    const query = '?list-type=2&delimiter=%2F&prefix=a%2F'
    expect(asked).toEqual([
      [`https://backups.s3.example:9000/${query}`, 'manual'],
      [`https://s3.example:9000/backups/${query}`, 'manual'],
    ])
    expect(await listAt('host', 'https://127.0.0.1')).toContain('SLUICE_S3_STYLE=host needs a name')
  })

  /** Gives a piece, and loses the connection when the next one is asked for. */
  function cutAfter(piece: string): Response {
    let isGiven = false
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (isGiven) controller.error(lost())
          else controller.enqueue(Buffer.from(piece))
          isGiven = true
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(stream, { status: piece === 'one ' ? 200 : 206, headers: { etag: '"tag"' } })
  }
  const lost = (): Error =>
    new TypeError('terminated', { cause: Object.assign(new Error('closed'), { code: 'UND_ERR_SOCKET' }) })

  it('R4.6b reads on where a connection was lost, as long as it comes any further', async () => {
    const asked: [string | null, string | null][] = []
    const answers = [
      () => cutAfter('one '),
      () => cutAfter('two '),
      () => new Response('three', { status: 206, headers: { etag: '"tag"' } }),
    ]
    const client = createS3Client({
      ...PARTS,
      fetch: (_, options) => {
        const headers = new Headers(options?.headers)
        asked.push([headers.get('range'), headers.get('if-match')])
        return Promise.resolve((answers.shift() ?? Response.error)())
      },
    })
    let text = ''
    expect(await client.read('a', (piece) => void (text += Buffer.from(piece).toString()))).toBe(13)
    expect([text, asked]).toEqual([
      'one two three',
      [
        [null, null],
        ['bytes=4-', '"tag"'],
        ['bytes=8-', '"tag"'],
      ],
    ])
  })

  it('R4.6b takes nothing for the rest of an object that was replaced, and passes on what its reader cannot do', async () => {
    const answers = [() => cutAfter('one '), () => new Response('', { status: 412 })]
    const client = createS3Client({
      ...PARTS,
      fetch: () => Promise.resolve((answers.shift() ?? (() => new Response('whole')))()),
    })
    await expect(client.read('a', () => undefined)).rejects.toThrow('answered 412')
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    await expect(client.read('a', () => Promise.reject(full))).rejects.toBe(full)
  })
})
