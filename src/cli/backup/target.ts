import type { Config } from '../../../config/config.js';
import { readBackupAddress } from '../../../config/backup/backup-address.js';
import { BackupFolder } from '../../adapters/disk/backup-folder.js';
import { S3Backups } from '../../adapters/s3/s3-backups.js';
import type { BackupTarget } from '../../ports/backup/backup-target.js';
import { NotUnderstood } from '../command.js';

/** The folder that was given, or the bucket of BACKUP_TARGET. @throws NotUnderstood when there is neither */
export function targetOf(folder: string | undefined, { backup }: Pick<Config, 'backup'>): BackupTarget {
  if (folder !== undefined) return new BackupFolder(folder);
  const address = readBackupAddress(backup?.target.reveal() ?? '');
  if (address === null) throw new NotUnderstood();
  return new S3Backups(address);
}
