// npm leaves optional platform packages out of package-lock.json when the registry in use cannot serve them
// (npm/cli#9846); `npm ci` then refuses the lockfile. After each `npm install`, this adds what is missing: for every
// optional dependency pinned to an exact version, an entry with the system and processor its name tells.
import { readFileSync, writeFileSync } from 'node:fs'

const SYSTEMS = new Map([
  ['darwin', 'darwin'],
  ['macos', 'darwin'],
  ['linux', 'linux'],
  ['linuxmusl', 'linux'],
  ['win32', 'win32'],
  ['windows', 'win32'],
  ['android', 'android'],
  ['freebsd', 'freebsd'],
  ['netbsd', 'netbsd'],
  ['openbsd', 'openbsd'],
  ['openharmony', 'openharmony'],
  ['sunos', 'sunos'],
  ['aix', 'aix'],
])
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el']

function entryFor(name, version, dev) {
  const words = name.split(/[/-]/)
  const os = words.map((word) => SYSTEMS.get(word)).find(Boolean)
  if (!os)
    throw new Error(`${name} is optional and missing, and its name does not tell its system: add it by hand`)
  const cpu = words.find((word) => PROCESSORS.includes(word))
  const libc = name.includes('musl') ? 'musl' : name.includes('gnu') && os === 'linux' ? 'glibc' : undefined
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  }
}

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
let added = 0
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const exact = /^\d+\.\d+\.\d+/.test(version)
    const present =
      `node_modules/${name}` in lock.packages || `${parent}/node_modules/${name}` in lock.packages
    if (!exact || present) continue
    lock.packages[`node_modules/${name}`] = entryFor(name, version, entry.dev)
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} entries added to package-lock.json`)
