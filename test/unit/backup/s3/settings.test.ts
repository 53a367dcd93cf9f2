import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { credentialsOf, parseBucket, s3Environment } from '../../../../server/backup/s3/settings.ts'
import { readConfig } from '../../../../server/config.ts'
import { folder } from '../rig.ts'

const KEY = { SLUICE_S3_ACCESS_KEY_ID: 'AKID', SLUICE_S3_SECRET_ACCESS_KEY: 'secretword' }

describe('settings of storage that speaks S3', () => {
  it('R4.6b are Amazon by default, with the bucket in the host name, and elsewhere in the path', () => {
    expect(readConfig(KEY).s3).toEqual({
      endpoint: 'https://s3.us-east-1.amazonaws.com',
      region: 'us-east-1',
      style: 'host',
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secretword' },
    })
    const other = { ...KEY, SLUICE_S3_ENDPOINT: 'https://minio.example:9000', SLUICE_S3_REGION: 'here' }
    expect(readConfig(other).s3).toMatchObject({ endpoint: 'https://minio.example:9000', style: 'path' })
    expect(readConfig({}).s3).toBeUndefined()
    const config = readConfig({ ...other, SLUICE_BACKUP_DIR: 's3://backups/stats' })
    expect(config.backups?.target).toBe('s3://backups/stats')
    expect(readConfig(s3Environment(config.s3)).s3).toEqual(config.s3)
  })

  it.each([
    [{ SLUICE_BACKUP_DIR: 's3://backups' }, 's3://backups is a bucket: set SLUICE_S3_ACCESS_KEY_ID'],
    [{ ...KEY, SLUICE_BACKUP_DIR: 's3://Back_ups' }, 's3://Back_ups is no bucket: write s3://bucket'],
    [{ ...KEY, SLUICE_BACKUP_DIR: 's3://backups/../x' }, 'is no bucket'],
    [{ SLUICE_S3_SECRET_ACCESS_KEY: 'secretword' }, 'must be set together'],
    [{ ...KEY, SLUICE_S3_ENDPOINT: 'http://minio.example' }, 'must be an https address'],
    [{ ...KEY, SLUICE_S3_ENDPOINT: 'https://name:secretword@minio.example' }, 'must be an https address'],
    [{ ...KEY, SLUICE_S3_ENDPOINT: 'https://minio.example/path' }, 'must be an https address'],
    [{ ...KEY, SLUICE_S3_REGION: 'eu/central' }, 'SLUICE_S3_REGION must be'],
    [{ ...KEY, SLUICE_S3_STYLE: 'virtual' }, 'SLUICE_S3_STYLE must be path or host'],
  ])('R4.2 refuse %j, and show no secret', (environment, sentence) => {
    const read = (): unknown => readConfig(environment)
    expect(read).toThrow(sentence)
    expect(read).not.toThrow('secretword')
  })

  it('take plain http on this machine', () => {
    const config = readConfig({ ...KEY, SLUICE_S3_ENDPOINT: 'http://127.0.0.1:9000' })
    expect(config.s3?.endpoint).toBe('http://127.0.0.1:9000')
    expect(parseBucket('s3://backups//a/b/')).toEqual({ bucket: 'backups', prefix: 'a/b/' })
  })

  it('read who asks from a file, anew each time', () => {
    const file = path.join(folder(), 'credentials')
    const settings = readConfig({ SLUICE_S3_CREDENTIALS_FILE: file }).s3
    if (!settings) throw new Error('there are no settings')
    expect(s3Environment(settings)).toMatchObject({ SLUICE_S3_CREDENTIALS_FILE: file })
    expect(() => credentialsOf(settings)).toThrow(
      `The file ${file} of SLUICE_S3_CREDENTIALS_FILE cannot be read`,
    )
    writeFileSync(file, '[other]\naws_access_key_id=NOT\naws_secret_access_key=NOT\n')
    expect(() => credentialsOf(settings)).toThrow(`${file} names nobody`)
    const lines =
      '[default]\naws_access_key_id = AKID\naws_secret_access_key = a/b+c=\n[other]\naws_session_token = x\n'
    writeFileSync(file, lines)
    expect(credentialsOf(settings)).toEqual({ accessKeyId: 'AKID', secretAccessKey: 'a/b+c=' })
    writeFileSync(file, `${lines}[default]\naws_session_token = token\n`)
    expect(credentialsOf(settings)).toMatchObject({ sessionToken: 'token' })
  })
})
