import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { BackupError } from './backup-error.js';

const folder = 'backups';
export const manifestFile = 'manifest.json.age';
export const objectsListFile = 'objects.json.age';

/** `2026-11-28T08-33-30-123Z`: sorts as the times of the snapshots do. */
export const backupNameOf = (takenAt: string): string => takenAt.replaceAll(/[:.]/g, '-');

export const isBackupName = (name: string): boolean => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/.test(name);

/** Where a file of a backup is kept. */
export const partOf = (backup: string, file: string): string => `${folder}/${backup}/${file}`;

/** The complete backups of a target, the oldest first. Its manifest is written last: what a kill leaves behind has none. */
export async function backupsIn(target: BackupTarget): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of target.list(folder)) {
    const [, backup = '', file] = name.split('/');
    if (file === manifestFile && isBackupName(backup)) found.push(backup);
  }
  return found;
}

/** The newest backup that has its rows, and the list of its objects where they are asked for. @throws BackupError when the target holds none */
export async function newestWholeIn(target: BackupTarget, withObjects: boolean): Promise<string> {
  const found = new Map<string, Set<string>>();
  for await (const { name } of target.list(folder)) {
    const [, backup = '', file = ''] = name.split('/');
    if (isBackupName(backup) && (file === manifestFile || file === objectsListFile))
      found.set(backup, (found.get(backup) ?? new Set()).add(file));
  }
  const wanted = withObjects ? [manifestFile, objectsListFile] : [manifestFile];
  const whole = [...found].filter(([, files]) => wanted.every((file) => files.has(file)));
  const [newest] = whole.at(-1) ?? [];
  if (newest === undefined)
    throw new BackupError(
      `there is no backup in ${target.label}${withObjects ? ' that has its objects' : ''}`,
    );
  return newest;
}

/** @throws BackupError when the target holds none */
export async function newestIn(target: BackupTarget): Promise<string> {
  const newest = (await backupsIn(target)).at(-1);
  if (newest === undefined) throw new BackupError(`there is no backup in ${target.label}`);
  return newest;
}
