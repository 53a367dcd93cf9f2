import { describe, expect, it } from 'vitest'
import { openClickHouse } from '../../../server/clickhouse/open.ts'
import { UserError } from '../../../server/errors.ts'
import { silentLog } from '../../../server/log.ts'

const open = (clickhouseUrl: string): ReturnType<typeof openClickHouse> =>
  openClickHouse({ dataDir: '/nonexistent', clickhouseUrl, log: silentLog, mode: 'serve' })

describe('openClickHouse', () => {
  it.each([
    'http://db.example.com:8123/',
    'http://10.0.0.5:8123',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::2]:8123',
    'http://0.0.0.0:8123',
  ])('R4.2 refuses a database off this machine without TLS: %s', async (url) => {
    await expect(open(url)).rejects.toBeInstanceOf(UserError)
    await expect(open(url)).rejects.toThrow(/^CLICKHOUSE_URL must begin with https:\/\/ .*\.$/)
  })

  it.each([
    'https://u:p@db.example.com:8443/stats',
    'http://localhost:8123',
    'http://127.0.0.2',
    'http://[::1]:8123',
  ])('R4.2 takes TLS, or a server on this machine: %s', async (url) => {
    const clickhouse = await open(url)
    expect(clickhouse.embedded).toBe(false)
    await clickhouse.close()
    await clickhouse.close()
  })

  it.each(['not a url', 'ftp://localhost/', 'tcp://localhost:9000', 'https://db.example.com/?readonly=0'])(
    'refuses %s in one sentence',
    async (url) => {
      await expect(open(url)).rejects.toThrow(/^CLICKHOUSE_URL must [^.]*\.$/)
    },
  )
})
