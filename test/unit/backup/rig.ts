import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { createArchive, readArchive, type Manifest, type Section } from '../../../server/backup/archive.ts'
import { MASTER } from '../store/keys.ts'

/** A folder of this test, gone after it. */
export function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sluice-backup-'))
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true })
  })
  return made
}

export { MASTER, masterKey } from '../store/keys.ts'

export const FACTS: Omit<Manifest, 'version' | 'parts'> = {
  began: '2026-11-24T13:50:07.000Z',
  sluice: '0.1.0',
  schema: { store: 1_000, clickhouse: 1 },
}

export function section(text: string, part: Section['head']['part'] = 'database'): Section {
  const rows = text.split('\n').length - 1
  return { head: { part, table: 'events', columns: ['a', 'b'], rows }, body: Buffer.from(text) }
}

/** The bytes of a backup with these sections. */
export async function bytesOf(sections: readonly Section[], master = MASTER): Promise<Buffer> {
  const file = await open(path.join(folder(), 'one'), 'wx+')
  try {
    const archive = await createArchive(file, master)
    for (const one of sections) await archive.add(one)
    await archive.finish(FACTS)
    const bytes = Buffer.alloc((await file.stat()).size)
    await file.read(bytes, 0, bytes.length, 0)
    return bytes
  } finally {
    await file.close()
  }
}

/** What a backup holds, read to the end. */
export interface ReadBack {
  readonly sections: Section[]
  readonly manifest: Manifest
}

export async function readBack(bytes: Buffer, master = MASTER): Promise<ReadBack> {
  const place = path.join(folder(), 'one')
  writeFileSync(place, bytes)
  const file = await open(place, 'r')
  try {
    return await readAll(file, master)
  } finally {
    await file.close()
  }
}

export async function readAll(file: FileHandle, master = MASTER): Promise<ReadBack> {
  const sections: Section[] = []
  const reading = readArchive(file, master, 'the backup')
  for (;;) {
    const next = await reading.next()
    if (next.done) return { sections, manifest: next.value }
    sections.push(next.value)
  }
}
