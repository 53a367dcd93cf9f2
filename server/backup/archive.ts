import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { MasterKey } from '../store/key-file.ts'
import { createSealer, damaged, readChunks } from './seal.ts'

/**
 * What a backup holds: sections, each a piece of one part, and at the end the manifest that counts them. A section is
 * one chunk of the file: the length of its head, the head as JSON, the body packed with gzip.
 */

/** Accepted events that are not in the database yet, rows set aside, tables of the database, tables of the store. */
export const PARTS = ['spool', 'aside', 'database', 'store'] as const
export type Part = (typeof PARTS)[number]

export interface SectionHead {
  readonly part: Part
  /** Table of the database or the store, or the name of a set of rows set aside. */
  readonly table?: string
  /** Of the rows, in their order. */
  readonly columns?: readonly string[]
  readonly rows: number
}

export interface Section {
  readonly head: SectionHead
  /** Lines, each ended by a newline; of a set aside its text. */
  readonly body: Buffer
}

/** What one part holds in all. */
export interface PartSummary {
  readonly sections: number
  readonly rows: number
  /** Of the bodies, unpacked. */
  readonly bytes: number
  /** Of heads and bodies in their order, hex. */
  readonly sha256: string
}

export interface Manifest {
  readonly version: 1
  /** All that was answered 202 before this moment is in the backup; ISO 8601. */
  readonly began: string
  /** Version of sluice that made it. */
  readonly sluice: string
  /** Number of the last migration of each database. */
  readonly schema: { readonly store: number; readonly clickhouse: number }
  /** Which spool it was and up to which position it was loaded; absent where there was none. */
  readonly spool?: { readonly id: number; readonly loaded: number }
  readonly parts: Readonly<Record<Part, PartSummary>>
}

export interface ArchiveWriter {
  add(section: Section): Promise<void>
  /** Writes the manifest: nothing can be added any more. */
  finish(facts: Omit<Manifest, 'version' | 'parts'>): Promise<Manifest>
}

const LENGTH_BYTES = 4
/** Rows pack to a tenth at the quickest level, and to hardly less at slower ones. */
const PACKING = { level: 1 }
const pack = promisify(gzip) as (bytes: Buffer, options: typeof PACKING) => Promise<Buffer>
const unpack = promisify(gunzip) as (bytes: Buffer) => Promise<Buffer>

export async function createArchive(file: FileHandle, master: MasterKey): Promise<ArchiveWriter> {
  const sealer = await createSealer(file, master)
  const sums = createSums()
  return {
    async add({ head, body }) {
      sums.add(head, body)
      await sealer.write(joined(head, await pack(body, PACKING)), false)
    },
    async finish(facts) {
      const manifest: Manifest = { version: 1, ...facts, parts: sums.parts() }
      await sealer.write(joined(manifest, Buffer.alloc(0)), true)
      return manifest
    },
  }
}

/**
 * Reads a backup from its first to its last byte; the manifest is the value at the end. Throws UserError as readChunks
 * does, and when the manifest does not fit what was read.
 * @param name what errors call the file
 */
export async function* readArchive(
  file: FileHandle,
  master: MasterKey,
  name: string,
): AsyncGenerator<Section, Manifest> {
  const sums = createSums()
  let manifest: Manifest | undefined
  for await (const chunk of readChunks(file, master, name)) {
    const end = LENGTH_BYTES + chunk.readUInt32LE()
    const head = JSON.parse(chunk.toString('utf8', LENGTH_BYTES, end)) as SectionHead | Manifest
    if ('parts' in head) manifest = head
    else {
      const body = await unpack(chunk.subarray(end))
      sums.add(head, body)
      yield { head, body }
    }
  }
  if (!manifest || JSON.stringify(manifest.parts) !== JSON.stringify(sums.parts())) throw damaged(name)
  return manifest
}

/** Reads a whole backup and keeps nothing of it but the manifest. */
export async function verifyArchive(file: FileHandle, master: MasterKey, name: string): Promise<Manifest> {
  const sections = readArchive(file, master, name)
  for (;;) {
    const next = await sections.next()
    if (next.done) return next.value
  }
}

function joined(head: object, body: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(text.length)
  return Buffer.concat([length, text, body])
}

interface Sums {
  add(head: SectionHead, body: Buffer): void
  parts(): Record<Part, PartSummary>
}

function createSums(): Sums {
  const running = new Map<Part, { sections: number; rows: number; bytes: number; hash: Hash }>(
    PARTS.map((part) => [part, { sections: 0, rows: 0, bytes: 0, hash: createHash('sha256') }]),
  )
  return {
    add(head, body) {
      const sum = running.get(head.part)
      if (!sum) throw new Error(`a backup has no part ${head.part}`)
      sum.sections++
      sum.rows += head.rows
      sum.bytes += body.length
      sum.hash.update(`${JSON.stringify(head)}\n`).update(body)
    },
    parts: () =>
      Object.fromEntries(
        [...running].map(([part, { hash, ...sum }]) => [part, { ...sum, sha256: hash.copy().digest('hex') }]),
      ) as Record<Part, PartSummary>,
  }
}
