import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls, { type PeerCertificate } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programFile } from '../../server/project-root.ts'
import { eventually, startProduct, type Product } from '../support/product.ts'
import { makeCertificate, readCertificate, type CertificateFiles } from '../support/programs.ts'

const entry = programFile('main')

/** `sluice start` that speaks https itself. */
describe('R4.2 sluice start --tls-cert --tls-key', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-tls-'))
  let product: Product
  let used: CertificateFiles
  let next: CertificateFiles
  beforeAll(async () => {
    used = await makeCertificate(path.join(folder, 'used'), 'localhost', '127.0.0.1')
    next = await makeCertificate(path.join(folder, 'next'), 'localhost', '127.0.0.1')
    product = await startProduct({}, ['start', '--tls-cert', used.cert, '--tls-key', used.key])
  })
  afterAll(async () => {
    await product.dispose()
    rmSync(folder, { recursive: true })
  })

  /** Status and headers of an answer, whose certificate is checked. */
  function get(
    route: string,
    ca: string,
  ): Promise<{ status: number | undefined; headers: NodeJS.Dict<unknown> }> {
    const url = `https://127.0.0.1:${product.port}${route}`
    return new Promise((resolve, reject) => {
      https
        .get(url, { ca, agent: false }, (response) => {
          response.resume()
          resolve({ status: response.statusCode, headers: response.headers })
        })
        .on('error', reject)
    })
  }

  /** What the server shows and speaks. */
  function shake(
    options: tls.ConnectionOptions = {},
  ): Promise<{ peer: PeerCertificate; version: string | null }> {
    return new Promise((resolve, reject) => {
      const socket = tls.connect({
        port: product.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ...options,
      })
      socket.on('error', reject)
      socket.on('secureConnect', () => {
        resolve({ peer: socket.getPeerCertificate(), version: socket.getProtocol() })
        socket.destroy()
      })
    })
  }

  it('serves over https, says so in links, and asks browsers never to come by http again', async () => {
    const { cert } = readCertificate(used)
    const { status, headers } = await get('/', cert)
    expect(status).toBe(200)
    expect(headers['strict-transport-security']).toBe('max-age=63072000')
    expect(product.output()).toContain(`"url":"https://127.0.0.1:${product.port}"`)
    expect(product.output()).toMatch(/First account: {2}https:\/\/127\.0\.0\.1:\d+\/#set-up=/)
  })

  it('speaks TLS 1.2 and 1.3 and nothing older, nor plain http', async () => {
    expect((await shake()).version).toBe('TLSv1.3')
    expect((await shake({ maxVersion: 'TLSv1.2' })).version).toBe('TLSv1.2')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
    await expect(shake(old)).rejects.toThrow(/alert|protocol/)
    await expect(fetch(`http://127.0.0.1:${product.port}/live`)).rejects.toThrow('fetch failed')
  })

  it('shows a renewed certificate without a restart', async () => {
    const before = await shake()
    const held = await shake()
    expect(held.peer.fingerprint256).toBe(before.peer.fingerprint256)
    for (const name of ['cert', 'key'] as const) {
      copyFileSync(next[name], `${used[name]}.new`)
      renameSync(`${used[name]}.new`, used[name])
    }
    await eventually(shake, ({ peer }) => peer.fingerprint256 !== before.peer.fingerprint256)
    expect((await get('/live', readCertificate(next).cert)).status).toBe(200)
  })

  it('does not start with one of the two, without the file, or with a public address of plain http', async () => {
    const run = promisify(execFile)
    const start = (args: string[], env: Record<string, string> = {}): Promise<unknown> => {
      const environment = { ...process.env, SLUICE_DATA: path.join(folder, 'data'), PORT: '0', ...env }
      return run(process.execPath, [entry, 'start', ...args], { env: environment }).catch(
        (error: { code: number; stderr: string }) => `${error.code} ${error.stderr}`,
      )
    }
    const both = ['--tls-cert', used.cert, '--tls-key', used.key]
    expect(await start(both.slice(0, 2))).toMatch(/^2 --tls-cert and --tls-key belong together/)
    expect(await start(['--tls-cert', '/nowhere.pem', ...both.slice(2)])).toMatch(
      /^1 (?:\{.*\n)*There is no file \/nowhere\.pem: --tls-cert must name one\.\n$/,
    )
    expect(await start(both, { PUBLIC_URL: 'http://stats.example' })).toMatch(
      /^1 PUBLIC_URL must begin with https/,
    )
  })
})
