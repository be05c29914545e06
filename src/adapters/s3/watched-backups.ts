import { readBackupAddress } from '../../../config/backup/backup-address.js';
import type { Config } from '../../../config/config.js';
import { s3Policy, s3WatchPolicy } from '../../../config/policy/operations/backup.js';
import type { BackupTarget } from '../../ports/backup/backup-target.js';
import { NoBackups } from '../disk/no-backups.js';

/** The bucket of BACKUP_TARGET as the service looks at it, which neither makes backups nor reads them. */
export async function watchedBackups({ backup }: Pick<Config, 'backup'>): Promise<BackupTarget> {
  const address = readBackupAddress(backup?.target.reveal() ?? '');
  if (address === null) return new NoBackups();
  // What signs its requests is loaded where there is a bucket.
  const { S3Backups } = await import('./s3-backups.js');
  return new S3Backups(address, { ...s3Policy, ...s3WatchPolicy });
}
