import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bucketTarget } from '../../../server/backup/bucket.ts'
import { createErasureNote, createMark } from '../../../server/backup/erasures.ts'
import { createS3Client } from '../../../server/backup/s3/client.ts'
import type { S3Settings } from '../../../server/backup/s3/settings.ts'
import { backupName, type BackupTarget } from '../../../server/backup/target.ts'
import { ACCESS_KEY_ID, BUCKET, REGION, s3Storage, SECRET, type S3Storage } from '../../support/s3-storage.ts'
import { LASTING } from '../store/keys.ts'
import { folder } from './rig.ts'

const NOW = Date.UTC(2026, 10, 24, 13, 50, 7)
const HOUR = 3_600_000
const PART = 1_000

interface Scene {
  readonly storage: S3Storage
  readonly target: BackupTarget
  readonly data: string
  /** Waits before further tries, in their order. */
  readonly waits: number[]
}

async function scene(settings: Partial<S3Settings> = {}, bucket = BUCKET, now = NOW): Promise<Scene> {
  const storage = await s3Storage({ leastPart: PART, now: () => NOW })
  onTestFinished(() => storage.close())
  const waits: number[] = []
  const client = createS3Client({
    settings: {
      endpoint: storage.endpoint,
      region: REGION,
      style: 'path',
      credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET },
      ...settings,
    },
    bucket,
    patience: { tryMs: 5_000, waitsMs: [10, 20] },
    clock: { now: () => now },
    wait: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
  })
  const data = folder()
  const target = bucketTarget({
    client,
    place: `s3://${bucket}/a/b`,
    prefix: 'a/b/',
    dataDir: data,
    partBytes: PART,
  })
  return { storage, target, data, waits }
}

async function publish(target: BackupTarget, bytes: Buffer, time = NOW): Promise<string> {
  const name = backupName(time)
  const draft = await target.begin(name)
  try {
    await draft.file.writeFile(bytes)
    await draft.publish()
    return name
  } finally {
    await draft.close()
  }
}

async function bytesOf(target: BackupTarget, name: string): Promise<Buffer> {
  const file = await target.open(name)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(size)
    await file.read(bytes, 0, size, 0)
    return bytes
  } finally {
    await file.close()
  }
}

const isPart = (line: string): boolean => /^PUT .*partNumber=/.test(line)

describe('backups in a bucket', () => {
  it('R4.6b are sent in parts of one size, read back, and come back as they were', async () => {
    const { storage, target, data } = await scene()
    const bytes = randomBytes(3 * PART + 1)
    const name = await publish(target, bytes)
    expect(storage.asked.map(({ line }) => line).filter(isPart).length).toBe(4)
    expect([...storage.objects.keys()]).toEqual([`a/b/${name}`])
    expect(storage.objects.get(`a/b/${name}`)).toEqual(bytes)
    // All of it was asked for again before it counted.
    expect(storage.asked.at(-1)?.line).toBe(`GET /${BUCKET}/a/b/${name}`)
    expect(await bytesOf(target, name)).toEqual(bytes)
    expect(readdirSync(data)).toEqual([])
    await expect(target.begin(name)).rejects.toThrow('has just begun: wait for that one.')
    await expect(target.open(backupName(0))).rejects.toThrow('There is no backup sluice-1970')
  })

  it('R4.6b are listed over pages, newest first, and nothing else is taken for one', async () => {
    const { storage, target } = await scene()
    expect(await target.list()).toEqual([])
    const names: string[] = []
    for (let hour = 0; hour < 8; hour++) {
      const name = backupName(NOW + hour * HOUR)
      names.unshift(name)
      storage.objects.set(`a/b/${name}`, Buffer.from(''))
      storage.objects.set(`a/b/c/${backupName(NOW - hour * HOUR)}`, Buffer.from(''))
    }
    storage.objects.set('a/b/other.backup', Buffer.from(''))
    expect((await target.list()).map(({ name }) => name)).toEqual(names)
    expect((await target.thin(2, NOW)).toSorted()).toEqual(names.slice(2).toSorted())
    expect((await target.list()).map(({ name }) => name)).toEqual(names.slice(0, 2))
    expect(storage.objects.has('a/b/other.backup')).toBe(true)
    // Simple storage cannot tell of what was begun.
    storage.interfere = (line) =>
      line.includes('uploads=') ? { status: 501, code: 'NotImplemented' } : undefined
    expect(await target.thin(1, NOW)).toEqual(names.slice(1, 2))
  })

  it.each(['POST', 'PUT'])(
    'R4.6b are not there where they could not be sent whole (%s fails)',
    async (method) => {
      const { storage, target, data } = await scene()
      storage.interfere = (line) =>
        line.startsWith(method) && /partNumber=3|uploadId=[^&]+$/.test(line)
          ? { status: 403, code: 'AccessDenied' }
          : undefined
      await expect(publish(target, randomBytes(4 * PART))).rejects.toThrow(
        `The storage of s3://${BUCKET} refuses (AccessDenied): whoever asks must be allowed to list, read, write and remove`,
      )
      expect([storage.objects.size, storage.uploads(), readdirSync(data)]).toEqual([0, [], []])
    },
  )

  it('R4.6b leave nothing that counts when the machine dies while they are sent, and are cleared away later', async () => {
    const { storage, target } = await scene()
    // What a kill leaves: parts that nobody completes or aborts.
    storage.interfere = (line) => (isPart(line) || line.startsWith('DELETE') ? 'cut' : undefined)
    for (const time of [NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR]) {
      await expect(publish(target, randomBytes(PART), time)).rejects.toThrow('cannot be reached')
    }
    storage.interfere = () => undefined
    expect([await target.list(), storage.uploads().length]).toEqual([[], 4])
    // One that is younger may be of somebody who still sends.
    expect(await target.thin(1, NOW + 24 * HOUR)).toEqual([])
    expect((await target.thin(1, NOW + 24 * HOUR + 1)).length).toBe(4)
    expect(storage.uploads()).toEqual([])
  })

  it('R4.6b are removed again when what comes back is something else', async () => {
    const { storage, target } = await scene()
    const name = backupName(NOW)
    storage.interfere = (line) => {
      const object = storage.objects.get(`a/b/${name}`)
      if (line.startsWith('GET') && object) object[7] = (object[7] ?? 0) ^ 1
      return undefined
    }
    await expect(publish(target, randomBytes(2 * PART))).rejects.toThrow(
      `What came back from s3://${BUCKET}/a/b is not what was sent, and was removed`,
    )
    expect(storage.objects.size).toBe(0)
  })

  it('R4.6b go on after lost connections and passing faults, in both directions', async () => {
    const { storage, target, waits } = await scene()
    const faults = new Map<RegExp, ReturnType<S3Storage['interfere']>>([
      [/partNumber=2/, 'cut'],
      [/partNumber=3/, { status: 503, code: 'SlowDown' }],
      // Answered 200 at first, as what takes long is.
      [/^POST .*uploadId=/, { status: 200, code: 'InternalError' }],
      [/^GET .*backup$/, 'cut answer'],
    ])
    storage.interfere = (line) => {
      const found = [...faults].find(([pattern]) => pattern.test(line))
      if (found) faults.delete(found[0])
      return found?.[1]
    }
    const bytes = randomBytes(4 * PART)
    const name = await publish(target, bytes)
    expect([faults.size, waits]).toEqual([0, [10, 10, 10, 10]])
    expect(await bytesOf(target, name)).toEqual(bytes)
  })

  it('R4.6b count when only the answer that they are complete was lost', async () => {
    const { storage, target } = await scene()
    let isLost = false
    storage.interfere = (line) => {
      if (isLost || !/^POST .*uploadId=/.test(line)) return undefined
      isLost = true
      return 'cut answer'
    }
    const bytes = randomBytes(PART)
    expect(await bytesOf(target, await publish(target, bytes))).toEqual(bytes)
  })

  it('say what is wrong in words that a person can act on, and no secret', async () => {
    const gone = await s3Storage()
    await gone.close()
    const lies: [Partial<S3Settings>, string, string, number?][] = [
      [{}, 'other', 'There is no bucket s3://other: make it, or name another.'],
      [{ region: 'us-east-1' }, BUCKET, 'is in another region, or somewhere else: set SLUICE_S3_REGION'],
      [{ endpoint: gone.endpoint }, BUCKET, 'cannot be reached (ECONNREFUSED)'],
      [
        { credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: SECRET } },
        BUCKET,
        'does not know who asks (InvalidAccessKeyId): look at SLUICE_S3_ACCESS_KEY_ID',
      ],
      [
        { credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: 'wrong' } },
        BUCKET,
        'does not know who asks (SignatureDoesNotMatch)',
      ],
      [{}, BUCKET, 'finds the clock of this machine wrong: set it.', NOW + HOUR],
    ]
    for (const [settings, bucket, sentence, now] of lies) {
      const { target } = await scene(settings, bucket, now)
      const fault = await target.list().catch((error: unknown) => String(error))
      expect(fault).toContain(sentence)
      expect(fault).not.toContain(SECRET)
    }
  })

  it('R4.8 keep every mark of an erasure, noted by several at once, while others put them together', async () => {
    const { storage, target } = await scene()
    const mark = createMark(LASTING)
    expect(await target.readErasures()).toBeUndefined()
    await target.noteErasures([])
    expect(await target.readErasures()).toEqual(new Set())
    const marks = Array.from({ length: 12 }, (_, index) => mark('receipt', String(index)))
    await Promise.all([
      ...marks.map((one) => target.noteErasure(one)),
      target.noteErasures(marks.slice(0, 2)),
      target.noteErasures(marks.slice(1, 3)),
      target.readErasures(),
    ])
    expect(await target.readErasures()).toEqual(new Set(marks))
    await target.noteErasures([])
    expect([...storage.objects.keys()].length).toBe(1)
    expect(await target.readErasures()).toEqual(new Set(marks))
    const before = storage.asked.length
    await target.noteErasures(marks)
    expect(storage.asked.slice(before).some(({ line }) => line.startsWith('PUT'))).toBe(false)
  })

  it('R4.8 miss no mark that is put together with others while they are read', async () => {
    const { storage, target } = await scene()
    const mark = createMark(LASTING)
    const [one, other] = [mark('receipt', 'one'), mark('receipt', 'other')]
    await target.noteErasure(one)
    await target.noteErasure(other)
    let isDone = false
    storage.interfere = (line) => {
      if (!isDone && /^GET .*erasures\/\w/.test(line)) {
        isDone = true
        storage.objects.clear()
        storage.objects.set('a/b/erasures/all', Buffer.from(`${one}\n${other}\n`))
      }
      return undefined
    }
    expect(await target.readErasures()).toEqual(new Set([one, other]))
  })

  it('R4.8 an erasure stands where it could not be noted at once', async () => {
    const { storage, target } = await scene()
    storage.interfere = () => 'cut'
    const said: string[] = []
    const note = createErasureNote({ target, lasting: LASTING, warn: (line) => said.push(line) })
    await note?.('commitment')
    expect(said).toEqual([expect.stringMatching(/cannot be reached .* The next backup makes up for it\.$/)])
  })
})
