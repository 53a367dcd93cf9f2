import path from 'node:path'
import type { RingCentralSettings } from '../sms/index.ts'
import { checkEmail } from './accounts/email.ts'
import {
  alertSettings,
  parseAlertSecret,
  parseSmtpUrl,
  parseWebhookUrl,
  type AlertSettings,
} from './alerts/settings.ts'
import {
  isBucket,
  nobodyAsks,
  parseBucket,
  parseEndpoint,
  parseRegion,
  parseStyle,
  s3Settings,
  type S3Settings,
} from './backup/s3/settings.ts'
import { checkClusterName } from './clickhouse/migrate.ts'
import { UserError } from './errors.ts'
import { createClientIpReader } from './http/client-ip.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'
import { keyFromCommand } from './store/key-command.ts'
import { decodeKey } from './store/key-file.ts'
import { parseDatabaseUrl } from './store/postgres/address.ts'
import { parseJwt, parseRingCentralUrl, ringCentralSettings } from './sms/settings.ts'

/** Every variable of the environment that sluice reads; nothing else reads any. An empty one counts as absent. */
const NAMES = [
  'PORT',
  'HOST',
  'SLUICE_DATA',
  'SLUICE_KEY',
  'SLUICE_KEY_COMMAND',
  'SLUICE_OLD_KEY',
  'SLUICE_OLD_KEY_COMMAND',
  'PUBLIC_URL',
  'SLUICE_TRUSTED_PROXIES',
  'CLICKHOUSE_URL',
  'CLICKHOUSE_CLUSTER',
  'DATABASE_URL',
  'SLUICE_WORKERS',
  'SLUICE_BACKUP_DIR',
  'SLUICE_BACKUP_EVERY',
  'SLUICE_BACKUP_KEEP',
  'SLUICE_S3_ENDPOINT',
  'SLUICE_S3_REGION',
  'SLUICE_S3_STYLE',
  'SLUICE_S3_ACCESS_KEY_ID',
  'SLUICE_S3_SECRET_ACCESS_KEY',
  'SLUICE_S3_CREDENTIALS_FILE',
  'SLUICE_ALERT_WEBHOOK',
  'SLUICE_ALERT_SECRET',
  'SLUICE_SMTP_URL',
  'SLUICE_ALERT_EMAIL',
  'SLUICE_SMS_PROVIDER',
  'SLUICE_MAIL_FROM',
  'SLUICE_SMS_RINGCENTRAL_URL',
  'SLUICE_SMS_RINGCENTRAL_CLIENT_ID',
  'SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET',
  'SLUICE_SMS_RINGCENTRAL_JWT',
  'LOG_LEVEL',
] as const
type Name = (typeof NAMES)[number]
export type Environment = Readonly<Record<string, string | undefined>>

/** What the variables mean. */
export interface Config {
  /** Default 8000; 0 takes any free one. */
  readonly port: number
  /** Address to listen on. Default 127.0.0.1: a proxy on this machine, or nobody. */
  readonly host: string
  /** Absolute. Default `./data`. */
  readonly dataDir: string
  /** Text of SLUICE_KEY, or of what SLUICE_KEY_COMMAND prints: 32 bytes in base64 or hex. Absent: the key file. */
  readonly envKey?: string
  /** The same of SLUICE_OLD_KEY or SLUICE_OLD_KEY_COMMAND: the key that is replaced (`sluice secret rotate`). */
  readonly oldEnvKey?: string
  /** Where people and pages reach this server, without a final slash; may have a path. Default: host and port. */
  readonly publicUrl: string
  /** As written: addresses, CIDRs or a hop count. Absent: loopback peers. */
  readonly trustedProxies?: string
  /** A ClickHouse server. Absent: the embedded engine. */
  readonly clickhouseUrl?: string
  /** Name of the cluster of that server on which tables are made, each replicated. Absent: a single server. */
  readonly clickhouseCluster?: string
  /** The database of the store in PostgreSQL, with its password. Absent: SQLite in the data folder. */
  readonly databaseUrl?: string
  readonly workers: number
  /** When and where backups are made by themselves. Absent: never. */
  readonly backups?: BackupSettings
  /** Storage for backups, and who asks it. Absent: nobody does. */
  readonly s3?: S3Settings
  /** By which server, and in whose name reports are sent. Absent: none are. */
  readonly reports?: ReportMailSettings
  /** Where it is told what cannot wait. Absent: nowhere. */
  readonly alerts?: AlertSettings
  /** What SMS are sent by; `memory` sends nothing to anybody, to try things out. Absent: there are none. */
  readonly smsProvider?: 'memory' | 'ringcentral'
  /** The account that SMS are sent by. Absent: none is. */
  readonly ringCentral?: RingCentralSettings
  /** Default `info`. */
  readonly logLevel: LogLevel
}

export interface ReportMailSettings {
  /** `smtps://user:password@host:465` or `smtp://host:587`. */
  readonly smtpUrl: string
  readonly from: string
}

export interface BackupSettings {
  /** A folder, absolute, or `s3://bucket/folder`. */
  readonly target: string
  /** From the beginning of one to that of the next. Default a day. */
  readonly everyMs: number
  /** How many are kept. Default 14. */
  readonly keep: number
}

/**
 * Reads the environment, and runs the command that prints the key where there is one. Throws one UserError that names
 * all faults, none with a secret's text.
 */
export function readConfig(environment: Environment): Config {
  const faults: string[] = []
  const isSet = (name: Name): boolean => (environment[name]?.trim() ?? '') !== ''
  const together = (one: Name, other: Name): void => {
    if (isSet(one) !== isSet(other)) faults.push(`${one} and ${other} must be set together`)
  }
  const read = <T>(name: Name, parse: (text: string) => T): T | undefined => {
    const text = environment[name]?.trim() ?? ''
    if (text === '') return undefined
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      faults.push(error.message.replace(/\.$/, ''))
      return undefined
    }
  }

  const port = read('PORT', (text) => whole('PORT', text, 0, 65_535)) ?? 8000
  const host = read('HOST', parseHost) ?? '127.0.0.1'
  const dataDir = read('SLUICE_DATA', (text) => path.resolve(text)) ?? path.resolve('data')
  const readKey = (name: 'SLUICE_KEY' | 'SLUICE_OLD_KEY'): string | undefined => {
    const given = read(name, (text) => parseKey(text, name))
    const command = `${name}_COMMAND` as const
    const printed = read(command, (text) => {
      if (isSet(name)) throw new UserError(`${name} and ${command} are both set: unset one of them`)
      return keyFromCommand(text, command)
    })
    return given ?? printed
  }
  const [envKey, oldEnvKey] = [readKey('SLUICE_KEY'), readKey('SLUICE_OLD_KEY')]
  const publicUrl = read('PUBLIC_URL', parsePublicUrl) ?? defaultPublicUrl(host, port)
  const trustedProxies = read('SLUICE_TRUSTED_PROXIES', parseProxies)
  const clickhouseUrl = read('CLICKHOUSE_URL', parseClickhouseUrl)
  const clickhouseCluster = read('CLICKHOUSE_CLUSTER', (text) => parseCluster(text, clickhouseUrl))
  const databaseUrl = read('DATABASE_URL', parseDatabaseAddress)
  const workers = read('SLUICE_WORKERS', parseWorkers) ?? 1
  const target = read('SLUICE_BACKUP_DIR', (text) => parseBackupTarget(text, dataDir))
  const s3 = s3Settings({
    endpoint: read('SLUICE_S3_ENDPOINT', parseEndpoint),
    region: read('SLUICE_S3_REGION', parseRegion),
    style: read('SLUICE_S3_STYLE', parseStyle),
    accessKeyId: read('SLUICE_S3_ACCESS_KEY_ID', (text) => text),
    secretAccessKey: read('SLUICE_S3_SECRET_ACCESS_KEY', (text) => text),
    file: read('SLUICE_S3_CREDENTIALS_FILE', (text) => path.resolve(text)),
  })
  const everyMs = read('SLUICE_BACKUP_EVERY', parseEvery) ?? DAY_MS
  const keep = read('SLUICE_BACKUP_KEEP', (text) => whole('SLUICE_BACKUP_KEEP', text, 1, 10_000)) ?? 14
  const ways = {
    webhook: read('SLUICE_ALERT_WEBHOOK', parseWebhookUrl),
    secret: read('SLUICE_ALERT_SECRET', parseAlertSecret),
    smtpUrl: read('SLUICE_SMTP_URL', parseSmtpUrl),
    to: read('SLUICE_ALERT_EMAIL', parseAlertEmail),
  }
  const account = {
    url: read('SLUICE_SMS_RINGCENTRAL_URL', parseRingCentralUrl),
    clientId: read('SLUICE_SMS_RINGCENTRAL_CLIENT_ID', (text) => text),
    clientSecret: read('SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET', (text) => text),
    jwt: read('SLUICE_SMS_RINGCENTRAL_JWT', parseJwt),
  }
  const smsProvider = read('SLUICE_SMS_PROVIDER', parseSmsProvider)
  const from = read('SLUICE_MAIL_FROM', parseMailFrom)
  const logLevel = read('LOG_LEVEL', parseLogLevel) ?? 'info'

  const alerts = alertSettings(ways)
  const ringCentral = ringCentralSettings(account)
  together('SLUICE_ALERT_WEBHOOK', 'SLUICE_ALERT_SECRET')
  // A mail server is for alerts, for reports, or for both.
  const isForReports = isSet('SLUICE_MAIL_FROM') && !isSet('SLUICE_ALERT_EMAIL')
  together('SLUICE_SMTP_URL', isForReports ? 'SLUICE_MAIL_FROM' : 'SLUICE_ALERT_EMAIL')
  together('SLUICE_S3_ACCESS_KEY_ID', 'SLUICE_S3_SECRET_ACCESS_KEY')
  if (target !== undefined && isBucket(target) && !s3) faults.push(nobodyAsks(target))
  together('SLUICE_SMS_RINGCENTRAL_CLIENT_ID', 'SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET')
  together('SLUICE_SMS_RINGCENTRAL_CLIENT_ID', 'SLUICE_SMS_RINGCENTRAL_JWT')
  if (smsProvider && ringCentral) {
    faults.push(
      'SLUICE_SMS_PROVIDER=memory sends nothing, and a RingCentral account is set: unset one of them',
    )
  }
  if (faults.length > 0) throw new UserError(`${faults.join('; ')}.`)
  return {
    port,
    host,
    dataDir,
    ...(envKey !== undefined && { envKey }),
    ...(oldEnvKey !== undefined && { oldEnvKey }),
    publicUrl,
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(clickhouseUrl !== undefined && { clickhouseUrl }),
    ...(clickhouseCluster !== undefined && { clickhouseCluster }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    workers,
    ...(target !== undefined && { backups: { target, everyMs, keep } }),
    ...(s3 && { s3 }),
    ...(alerts && { alerts }),
    ...(smsProvider && { smsProvider }),
    ...(ringCentral && { smsProvider: 'ringcentral', ringCentral }),
    ...(ways.smtpUrl !== undefined && from !== undefined && { reports: { smtpUrl: ways.smtpUrl, from } }),
    logLevel,
  }
}

/** The public address where none is given: a browser cannot open the address "any". */
export function defaultPublicUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function whole(name: Name, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(number >= min && number <= max)) throw new UserError(`${name} must be a number from ${min} to ${max}`)
  return number
}

function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (!/^[A-Za-z0-9.:%_-]+$/.test(host)) {
    throw new UserError('HOST must be an address or host name to listen on, like 127.0.0.1 or 0.0.0.0')
  }
  return host
}

function parseKey(text: string, name: Name): string {
  decodeKey(text, name)
  return text
}

function parseProxies(text: string): string {
  createClientIpReader(text)
  return text
}

function parsePublicUrl(text: string): string {
  const url = httpUrl(text)
  if (!url || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new UserError(
      'PUBLIC_URL must be an http or https address without query, like https://stats.example.com',
    )
  }
  return url.href.replace(/\/+$/, '')
}

function parseClickhouseUrl(text: string): string {
  const url = httpUrl(text)
  if (!url) throw new UserError('CLICKHOUSE_URL must be an http or https address, like http://127.0.0.1:8123')
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !isLocal) {
    throw new UserError('CLICKHOUSE_URL must be https unless ClickHouse runs on this machine')
  }
  return text
}

function parseCluster(text: string, clickhouseUrl: string | undefined): string {
  if (clickhouseUrl === undefined) {
    throw new UserError('CLICKHOUSE_CLUSTER must be set together with CLICKHOUSE_URL, or unset')
  }
  checkClusterName(text)
  return text
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

function parseDatabaseAddress(text: string): string {
  parseDatabaseUrl(text)
  return text
}

function parseWorkers(text: string): number {
  const workers = whole('SLUICE_WORKERS', text, 1, 1_024)
  if (workers > 1) throw new UserError('SLUICE_WORKERS above 1 is not supported yet: unset it')
  return workers
}

function parseBackupTarget(text: string, dataDir: string): string {
  if (isBucket(text)) {
    parseBucket(text)
    return text
  }
  const folder = path.resolve(text)
  if (folder === dataDir || folder.startsWith(dataDir + path.sep)) {
    throw new UserError('SLUICE_BACKUP_DIR must not lie in SLUICE_DATA, with which it would be lost')
  }
  return folder
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function parseEvery(text: string): number {
  const [, digits, unit] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  const every = Number(digits) * (unit === 'd' ? DAY_MS : HOUR_MS)
  if (every > 0) return every
  throw new UserError('SLUICE_BACKUP_EVERY must be hours or days, like 6h or 1d')
}

function parseAlertEmail(text: string): string {
  try {
    return checkEmail(text)
  } catch {
    throw new UserError('SLUICE_ALERT_EMAIL must be an e-mail address, like name@example.com')
  }
}

function parseSmsProvider(text: string): 'memory' {
  if (text !== 'memory') {
    throw new UserError(
      'SLUICE_SMS_PROVIDER must be memory, which sends nothing to anybody, or unset where there is a RingCentral account',
    )
  }
  return text
}

function parseMailFrom(text: string): string {
  try {
    return checkEmail(text)
  } catch {
    throw new UserError('SLUICE_MAIL_FROM must be an e-mail address, like stats@example.com')
  }
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text)
  if (level === undefined) throw new UserError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`)
  return level
}
