import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultPublicUrl, readConfig, type Environment } from '../../server/config.ts'
import { UserError } from '../../server/errors.ts'

const KEY = Buffer.alloc(32, 200).toString('base64')

function faultOf(environment: Environment): string {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('the configuration', () => {
  it('has a default for everything, and takes an empty variable for an absent one', () => {
    const defaults = {
      port: 8000,
      host: '127.0.0.1',
      dataDir: path.resolve('data'),
      publicUrl: 'http://127.0.0.1:8000',
      workers: 1,
      logLevel: 'info',
    }
    expect(readConfig({})).toEqual(defaults)
    expect(
      readConfig({ PORT: '', HOST: ' ', SLUICE_KEY: '', DATABASE_URL: '', SLUICE_WORKERS: '', PATH: '/bin' }),
    ).toEqual(defaults)
  })

  it('reads every variable', () => {
    const environment = {
      PORT: '9000',
      HOST: '::',
      SLUICE_DATA: '/var/lib/sluice',
      SLUICE_KEY: KEY,
      PUBLIC_URL: 'https://Example.com/_s/',
      SLUICE_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      CLICKHOUSE_URL: 'https://name:word@db.example:8443',
      CLICKHOUSE_CLUSTER: 'stats',
      SLUICE_WORKERS: '1',
      LOG_LEVEL: 'debug',
    }
    expect(readConfig(environment)).toEqual({
      port: 9000,
      host: '::',
      dataDir: '/var/lib/sluice',
      envKey: KEY,
      publicUrl: 'https://example.com/_s',
      trustedProxies: '10.0.0.0/8, ::1',
      clickhouseUrl: 'https://name:word@db.example:8443',
      clickhouseCluster: 'stats',
      workers: 1,
      logLevel: 'debug',
    })
  })

  it('takes the plain name of a cluster, of a ClickHouse server only', () => {
    const CLICKHOUSE_URL = 'https://db.example:8443'
    for (const CLICKHOUSE_CLUSTER of ["stats' ON", '{cluster}', 'a b', 'ä']) {
      expect(faultOf({ CLICKHOUSE_URL, CLICKHOUSE_CLUSTER })).toBe(
        'CLICKHOUSE_CLUSTER must be the plain name of a cluster, like stats.',
      )
    }
    expect(faultOf({ CLICKHOUSE_CLUSTER: 'stats' })).toBe(
      'CLICKHOUSE_CLUSTER must be set together with CLICKHOUSE_URL, or unset.',
    )
  })

  describe('R4.9 alerts', () => {
    const hook = {
      SLUICE_ALERT_WEBHOOK: 'https://hooks.example.com/sluice',
      SLUICE_ALERT_SECRET: 'sixteen letters!',
    }
    const mail = {
      SLUICE_SMTP_URL: 'smtps://name:word@mail.example.com:465',
      SLUICE_ALERT_EMAIL: ' Ops@Example.com ',
    }

    it('go by a webhook, by e-mail, or by both', () => {
      const webhook = { url: hook.SLUICE_ALERT_WEBHOOK, secret: hook.SLUICE_ALERT_SECRET }
      const post = { smtpUrl: mail.SLUICE_SMTP_URL, to: 'ops@example.com' }
      expect(readConfig(hook).alerts).toEqual({ webhook })
      expect(readConfig(mail).alerts).toEqual({ mail: post })
      expect(readConfig({ ...hook, ...mail }).alerts).toEqual({ webhook, mail: post })
    })

    it.each([
      'http://127.0.0.1:9000/hook',
      'http://localhost/hook',
      'https://[::1]/hook',
      'https://93.184.215.14/',
    ])('may go to %s', (SLUICE_ALERT_WEBHOOK) => {
      expect(readConfig({ ...hook, SLUICE_ALERT_WEBHOOK }).alerts?.webhook?.url).toBe(SLUICE_ALERT_WEBHOOK)
    })

    it.each([
      ['http://hooks.example.com/', 'must be an https address'],
      ['ftp://127.0.0.1/', 'must be an https address'],
      ['hooks.example.com', 'must be an https address'],
      ['https://10.0.0.5/hook', 'must not be an address of a private network'],
      ['https://169.254.169.254/latest/meta-data', 'must not be an address of a private network'],
      ['https://0x0a000005/hook', 'must not be an address of a private network'],
      ['https://[fd00::1]/hook', 'must not be an address of a private network'],
      ['https://[::ffff:10.0.0.5]/hook', 'must not be an address of a private network'],
    ])('may not go to %s', (SLUICE_ALERT_WEBHOOK, sentence) => {
      expect(faultOf({ ...hook, SLUICE_ALERT_WEBHOOK })).toContain(`SLUICE_ALERT_WEBHOOK ${sentence}`)
    })

    it('take each way whole, with all faults at once and no secret in them', () => {
      const fault = faultOf({
        SLUICE_ALERT_WEBHOOK: hook.SLUICE_ALERT_WEBHOOK,
        SLUICE_SMTP_URL: 'https://mail.example.com',
      })
      expect(fault).toContain('SLUICE_ALERT_WEBHOOK and SLUICE_ALERT_SECRET must be set together')
      expect(fault).toContain('SLUICE_SMTP_URL and SLUICE_ALERT_EMAIL must be set together')
      expect(fault).toContain('SLUICE_SMTP_URL must be like')
      const secret = faultOf({ ...hook, SLUICE_ALERT_SECRET: 'secretword', SLUICE_ALERT_EMAIL: 'ops' })
      expect(secret).toContain('SLUICE_ALERT_SECRET must have 16 characters at least')
      expect(secret).toContain('SLUICE_ALERT_EMAIL must be an e-mail address')
      expect(secret).not.toContain('secretword')
    })
  })

  describe('R4.1 a key that a command prints', () => {
    it('is the key, and the command sees the environment of the process', () => {
      expect(readConfig({ SLUICE_KEY_COMMAND: `echo "  ${KEY}"` }).envKey).toBe(KEY)
      expect(readConfig({ SLUICE_KEY_COMMAND: `test -n "$PATH" && printf %s '${KEY}'` }).envKey).toBe(KEY)
    })

    it.each([
      ['echo secretword', 'What SLUICE_KEY_COMMAND prints must hold 32 bytes'],
      ['echo secretword; exit 3', 'did not print a key (exit code 3)'],
      ['kill -9 $$', 'did not print a key (SIGKILL)'],
      ['yes secretword', 'did not print a key (far more than a key)'],
    ])('is refused where `%s` is the command, without a word of what it printed', (command, sentence) => {
      const fault = faultOf({ SLUICE_KEY_COMMAND: command })
      expect(fault).toContain(sentence)
      expect(fault).not.toContain('secretword')
    })

    it('is not asked for beside SLUICE_KEY, be that right or wrong', () => {
      for (const SLUICE_KEY of [KEY, 'secretword']) {
        const fault = faultOf({ SLUICE_KEY, SLUICE_KEY_COMMAND: 'exit 3' })
        expect(fault).toContain('SLUICE_KEY and SLUICE_KEY_COMMAND are both set')
      }
    })
  })

  it.each([
    ['127.0.0.1', 8000, 'http://127.0.0.1:8000'],
    ['0.0.0.0', 80, 'http://localhost:80'],
    ['::', 8000, 'http://localhost:8000'],
    ['::1', 8000, 'http://[::1]:8000'],
  ])('makes of %s and %i the address %s', (host, port, url) => {
    expect(defaultPublicUrl(host, port)).toBe(url)
    expect(readConfig({ HOST: host, PORT: String(port) }).publicUrl).toBe(url)
  })

  it.each([
    [
      'PORT',
      ['http', '-1', '65536', '80.5', '1e3', '0x50', '99999999999'],
      'PORT must be a number from 0 to 65535',
    ],
    ['HOST', ['http://x', 'a b', 'x/y'], 'HOST must be an address or host name'],
    ['SLUICE_KEY', ['secretword', 'ab'.repeat(31)], 'SLUICE_KEY must hold 32 bytes'],
    [
      'PUBLIC_URL',
      [
        'stats.example.com',
        'ftp://example.com',
        'https://example.com/?a=1',
        'https://example.com/#a',
        'https://secretword@example.com',
      ],
      'PUBLIC_URL must be an http or https address without query',
    ],
    ['SLUICE_TRUSTED_PROXIES', ['10.0.0.0/33', 'proxy', '10.0.0.1,x'], 'SLUICE_TRUSTED_PROXIES'],
    ['CLICKHOUSE_URL', ['db:9000', 'tcp://secretword@db'], 'CLICKHOUSE_URL must be an http or https address'],
    [
      'CLICKHOUSE_URL',
      ['http://name:secretword@db.example:8123', 'http://127.0.0.1.example'],
      'CLICKHOUSE_URL must be https unless',
    ],
    [
      'DATABASE_URL',
      ['db', 'mysql://name:secretword@localhost/x', 'postgres://name:secret#secretword@localhost/x'],
      'DATABASE_URL must be like postgres://',
    ],
    ['SLUICE_WORKERS', ['0', 'many', '1.5'], 'SLUICE_WORKERS must be a number from 1'],
    ['SLUICE_WORKERS', ['2', '16'], 'SLUICE_WORKERS above 1 is not supported yet'],
    ['SLUICE_BACKUP_DIR', ['data', 'data/backups', './data/../data'], 'SLUICE_BACKUP_DIR must not lie in'],
    ['SLUICE_BACKUP_EVERY', ['0h', '90m', 'daily', '1000d', '1.5d'], 'SLUICE_BACKUP_EVERY must be hours'],
    ['SLUICE_BACKUP_KEEP', ['0', '-1', 'all'], 'SLUICE_BACKUP_KEEP must be a number from 1'],
    ['LOG_LEVEL', ['verbose', 'INFO', '0'], 'LOG_LEVEL must be one of debug, info, warn, error, silent'],
  ])('refuses a %s like %j', (name, texts, sentence) => {
    for (const text of texts) {
      const fault = faultOf({ [name]: text })
      expect(fault).toContain(sentence)
      expect(fault).not.toContain('secretword')
      expect(fault.endsWith('.')).toBe(true)
    }
  })

  it('takes a database on this machine by http', () => {
    for (const url of ['http://localhost:8123', 'http://127.0.0.1:8123', 'http://[::1]:8123']) {
      expect(readConfig({ CLICKHOUSE_URL: url }).clickhouseUrl).toBe(url)
    }
  })

  it('R4.6b makes backups once a day and keeps fourteen where only a folder is named', () => {
    expect(readConfig({ SLUICE_BACKUP_DIR: '/backups' }).backups).toEqual({
      target: '/backups',
      everyMs: 86_400_000,
      keep: 14,
    })
    const others = { SLUICE_BACKUP_EVERY: '6h', SLUICE_BACKUP_KEEP: '3' }
    expect(readConfig({ SLUICE_BACKUP_DIR: '/backups', ...others }).backups).toEqual({
      target: '/backups',
      everyMs: 21_600_000,
      keep: 3,
    })
    expect(readConfig(others).backups).toBeUndefined()
  })

  it('names all faults at once, in one sentence', () => {
    const fault = faultOf({
      PORT: 'x',
      LOG_LEVEL: 'loud',
      SLUICE_WORKERS: '4',
      DATABASE_URL: 'localhost',
      HOST: 'ok.example',
    })
    expect(fault.split('; ').map((part) => part.split(' ')[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'SLUICE_WORKERS',
      'LOG_LEVEL',
    ])
    expect(fault).not.toContain('..')
  })
})
