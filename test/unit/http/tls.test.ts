import { createPrivateKey } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { followKeyPair, readKeyPair, type KeyPair, type TlsFiles } from '../../../server/http/tls.ts'
import { makeCertificate, readCertificate } from '../../support/programs.ts'
import { dataFolder, listen } from '../store/opened.ts'

const DAY_MS = 86_400_000

const made = mkdtempSync(path.join(tmpdir(), 'sluice-tls-'))
let first: TlsFiles
let second: TlsFiles
beforeAll(async () => {
  first = await makeCertificate(path.join(made, 'first'), 'first.example')
  second = await makeCertificate(path.join(made, 'second'), 'second.example')
})
afterAll(() => rmSync(made, { recursive: true }))

/** The sentence with which reading fails. */
function fault(files: TlsFiles, now = Date.now()): string {
  try {
    readKeyPair(files, now)
    return 'it was read'
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect(error.message).toMatch(/^[^.\n]+.*\.$/)
    return error.message
  }
}

function fileWith(text: string): string {
  const file = path.join(dataFolder(), 'file.pem')
  writeFileSync(file, text)
  return file
}

describe('R4.2 reading certificate and key', () => {
  it('takes a pair as it is', () => {
    expect(readKeyPair(first, Date.now())).toEqual(readCertificate(first))
  })

  it('names the file that is missing or cannot be read', () => {
    expect(fault({ ...first, cert: '/nowhere/cert.pem' })).toContain('no file /nowhere/cert.pem: --tls-cert')
    expect(fault({ ...first, key: '/nowhere/key.pem' })).toContain('no file /nowhere/key.pem: --tls-key')
    expect(fault({ ...first, key: path.dirname(first.key) })).toContain('--tls-key cannot be read (EISDIR)')
  })

  it('names the file that holds something else', () => {
    expect(fault({ cert: first.key, key: first.key })).toContain('no certificate in PEM format')
    expect(fault({ cert: fileWith(''), key: first.key })).toContain('no certificate in PEM format')
    expect(fault({ cert: first.cert, key: first.cert })).toContain('no private key in PEM format')
  })

  it('says that a key is locked', () => {
    const key = createPrivateKey(readCertificate(first).key)
    const locked = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    expect(fault({ cert: first.cert, key: fileWith(locked.toString()) })).toContain(
      'locked with a passphrase',
    )
  })

  it('says that the two do not belong together', () => {
    expect(fault({ cert: first.cert, key: second.key })).toContain('two files of one pair')
  })

  it('says that a certificate has ended or not begun', () => {
    expect(fault(first, Date.now() + 3 * DAY_MS)).toMatch(/ended on \d{4}-\d\d-\d\d: renew it/)
    expect(fault(first, Date.now() - DAY_MS)).toMatch(/begins on \d{4}-\d\d-\d\d: set the machine's clock/)
  })
})

describe('R4.2 following a renewal', () => {
  function followed(): { files: TlsFiles; look: () => void; applied: KeyPair[]; lines: string[] } {
    const folder = dataFolder()
    const files = { cert: path.join(folder, 'fullchain.pem'), key: path.join(folder, 'privkey.pem') }
    copyFileSync(first.cert, files.cert)
    copyFileSync(first.key, files.key)
    const { log, lines } = listen()
    const applied: KeyPair[] = []
    const following = followKeyPair({
      files,
      clock: { now: () => Date.now() },
      log,
      apply: (pair) => applied.push(pair),
    })
    following.close()
    return { files, look: following.look, applied, lines }
  }

  /** As certbot does: the new file stands beside the old one and takes its place in one step. */
  function replace(file: string, by: string): void {
    copyFileSync(by, `${file}.new`)
    renameSync(`${file}.new`, file)
  }

  it('reads what changed, once', () => {
    const { files, look, applied } = followed()
    look()
    expect(applied).toEqual([])
    replace(files.cert, second.cert)
    replace(files.key, second.key)
    look()
    look()
    expect(applied).toEqual([readCertificate(second)])
  })

  it('goes on with the old pair until both files are there, and says so once', () => {
    const { files, look, applied, lines } = followed()
    replace(files.cert, second.cert)
    look()
    look()
    expect(applied).toEqual([])
    expect(lines.filter((line) => line.includes('the one before goes on'))).toHaveLength(1)
    replace(files.key, second.key)
    look()
    expect(applied).toEqual([readCertificate(second)])
  })

  it('survives that the files are gone for a while', () => {
    const { files, look, applied } = followed()
    rmSync(files.cert)
    look()
    copyFileSync(first.cert, files.cert)
    look()
    expect(applied).toEqual([readCertificate(first)])
  })

  it('sees through the links that tools for certificates make', () => {
    const { files, look, applied } = followed()
    const archive = path.join(path.dirname(files.cert), 'archive')
    mkdirSync(archive)
    for (const [file, by] of [
      [files.cert, second.cert],
      [files.key, second.key],
    ] as const) {
      const target = path.join(archive, path.basename(file))
      copyFileSync(by, target)
      chmodSync(target, 0o600)
      rmSync(file)
      symlinkSync(target, file)
    }
    look()
    expect(applied).toEqual([readCertificate(second)])
  })
})
