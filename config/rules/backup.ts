import { readBackupAddress } from '../backup/backup-address.js';
import type { Rule } from './rule.js';

/** A bucket without a key would hold the database in clear, and a key without a bucket backs nothing up. */
export const backupComplete: Rule = (settings, result) => {
  const { BACKUP_TARGET: target, BACKUP_RECIPIENT: recipient } = settings;
  if (target !== undefined && recipient === undefined)
    result.refuse('BACKUP_RECIPIENT', 'is missing beside BACKUP_TARGET', 'Write the age1… of age-keygen.');
  if (target === undefined && recipient !== undefined)
    result.refuse(
      'BACKUP_TARGET',
      'is missing beside BACKUP_RECIPIENT',
      'Name the bucket, or leave both empty.',
    );
};

/** What takes a region away takes the backups in it as well. The poolers of Supabase name theirs. */
export const backupElsewhere: Rule = (settings, result) => {
  const address = readBackupAddress(settings.BACKUP_TARGET?.reveal() ?? '');
  const database = settings.DATABASE_URL?.reveal();
  if (address === null || database === undefined || !URL.canParse(database)) return;
  const [, region] = /^aws-\d+-([a-z0-9-]+)\.pooler\.supabase\.com$/.exec(new URL(database).hostname) ?? [];
  if (region !== undefined && region === address.region)
    result.warn(
      `BACKUP_TARGET is in the region of the database, ${region}: what takes the one takes the other.`,
    );
};
