import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from './errors.ts'
import { projectRoot } from './project-root.ts'

/**
 * The rules of migrations, the same for both databases: numbered from 1 without a gap, never edited once applied,
 * forward only. What runs them is in store/migrate.ts and clickhouse/migrate.ts.
 */
export interface Migration {
  readonly number: number
  /** File name without its ending, `0001_control_plane`. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of the text with `\n` line ends, hex: a checkout that rewrites line ends changes nothing. */
  readonly checksum: string
}

/** What a database remembers of a migration it has run. */
export interface AppliedMigration {
  readonly number: number
  readonly checksum: string
}

/** The folder of one database's migrations, `schema/store` or `schema/clickhouse`, from source and from dist/. */
export function migrationFolder(database: 'store' | 'clickhouse'): string {
  return path.join(projectRoot, 'schema', database)
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/

/** The migrations of a folder in their order. Throws Error when they are misnamed or their numbers have a gap. */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  const files = names.toSorted().map((name) => {
    const number = FILE_NAME.exec(name)?.[1]
    if (number === undefined) throw new Error(`${name} must be named like 0001_what_it_does.sql`)
    const sql = readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return {
      number: Number(number),
      name: name.slice(0, -'.sql'.length),
      sql,
      checksum: createHash('sha256').update(sql).digest('hex'),
    }
  })
  if (files.length === 0) throw new Error(`${folder} holds no migrations: install sluice again`)
  for (const [index, file] of files.entries()) {
    if (file.number !== index + 1) {
      throw new Error(`${file.name} must have the number ${index + 1}: numbers go up by one, each used once`)
    }
  }
  return files
}

/**
 * The migrations still to run, in order. Throws UserError when a database was changed by a newer version, when an
 * applied file was edited, or when one before the last applied is missing.
 */
export function checkApplied(files: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const checksums = new Map(applied.map((one) => [one.number, one.checksum]))
  const last = Math.max(0, ...checksums.keys())
  if (last > files.length) {
    throw new UserError(
      `The data was written by a newer sluice (migration ${last}, this one knows ${files.length}): start that version again.`,
    )
  }
  for (const file of files.slice(0, last)) {
    const checksum = checksums.get(file.number)
    if (checksum === undefined) {
      throw new UserError(
        `Migration ${file.name} was never applied though later ones were: restore the data from a backup.`,
      )
    }
    if (checksum !== file.checksum) {
      throw new UserError(
        `Migration ${file.name} is not the file that was applied: restore it as released and put changes into a new one.`,
      )
    }
  }
  return files.slice(last)
}
