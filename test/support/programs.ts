import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

interface Scripts {
  ensureProgram: (
    wanted: Record<'name' | 'users' | 'debianPackage' | 'instead', string> & { find: unknown },
  ) => string
  findProgram: (name: string) => string | undefined
}

/** scripts/ensure-program.mjs with types: scripts are plain JavaScript, so that they run before anything is built. */
export async function ensureProgram(name: string, debianPackage: string = name): Promise<string> {
  const script = new URL('../../scripts/ensure-program.mjs', import.meta.url).href
  const { ensureProgram: ensure, findProgram } = (await import(script)) as Scripts
  const users = 'the tests of deployments'
  return ensure({ find: () => findProgram(name), name, users, debianPackage, instead: 'put it on PATH' })
}

/** Files of a certificate that vouches for itself, and its key. */
export interface CertificateFiles {
  cert: string
  key: string
}

/** Makes a certificate for these hosts, good for two days from now. */
export async function makeCertificate(folder: string, ...hosts: string[]): Promise<CertificateFiles> {
  const openssl = await ensureProgram('openssl')
  mkdirSync(folder, { recursive: true })
  const files = { cert: path.join(folder, 'fullchain.pem'), key: path.join(folder, 'privkey.pem') }
  const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`)).join(',')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', `/CN=${hosts[0]}`, '-addext', `subjectAltName=${names}`, '-days', '2']
  execFileSync(openssl, ['req', '-x509', ...curve, ...subject, '-keyout', files.key, '-out', files.cert], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return files
}

/** What the files hold. */
export function readCertificate({ cert, key }: CertificateFiles): CertificateFiles {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}
