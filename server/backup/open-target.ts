import type { Config } from '../config.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { bucketTarget } from './bucket.ts'
import { folderTarget } from './folder.ts'
import { createS3Client, PATIENT, type Patience } from './s3/client.ts'
import { isBucket, nobodyAsks, parseBucket } from './s3/settings.ts'
import type { BackupTarget } from './target.ts'

/**
 * A place for backups by its name, a folder or `s3://bucket/folder`. Throws UserError for a bucket that cannot be, or
 * of which nobody is named who asks; asks nobody yet.
 */
export function openTarget(
  place: string,
  { dataDir, s3 }: Pick<Config, 'dataDir' | 's3'>,
  patience: Patience = PATIENT,
): BackupTarget {
  if (!isBucket(place)) return folderTarget(place)
  const { bucket, prefix } = parseBucket(place)
  if (!s3) throw new UserError(`${nobodyAsks(place)}.`)
  const client = createS3Client({ settings: s3, bucket, patience, clock: systemClock })
  return bucketTarget({ client, place, prefix, dataDir })
}
