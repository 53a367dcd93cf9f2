import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ensureProgram, isExecutable } from './ensure-program.mjs'

const DEBIAN = '/usr/lib/postgresql'

/** The folder named by POSTGRES_BIN, else the first with the server's programs: Debian keeps them off PATH, by version. */
function findPostgres() {
  const named = process.env['POSTGRES_BIN']
  if (named) {
    if (holdsPrograms(named)) return named
    throw new Error(`POSTGRES_BIN names ${named}, where no initdb and postgres are: correct it or unset it.`)
  }
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return folders.find(holdsPrograms)
}

function holdsPrograms(folder) {
  return ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name)))
}

/** Folder of the programs of a PostgreSQL server for the tests of the store. */
export function ensurePostgres() {
  return ensureProgram({
    find: findPostgres,
    name: 'PostgreSQL',
    users: 'the tests of the store',
    debianPackage: 'postgresql',
    instead: 'set POSTGRES_BIN to the folder of initdb and postgres',
  })
}
