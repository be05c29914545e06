import { BackupTarget, BackupTargetUnavailable, type StoredPart } from '../../ports/backup/backup-target.js';

/** Where no target of backups is configured: it holds nothing and takes nothing. */
export class NoBackups extends BackupTarget {
  override readonly label = 'nowhere';

  put(): Promise<void> {
    return Promise.reject(new BackupTargetUnavailable('no target of backups is configured'));
  }

  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async *list(): AsyncGenerator<StoredPart> {
    // Nothing.
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}
