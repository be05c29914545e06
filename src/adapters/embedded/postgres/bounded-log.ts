import { constants, openSync, renameSync, statSync } from 'node:fs';

/** Bytes; beyond, the next start begins a new file and keeps one old one. */
const limit = 8 * 1024 * 1024;

/** Opens the log of a process of ours for appending; the caller closes it. */
export function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limit) renameSync(path, `${path}.old`);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  // Windows knows no O_NOFOLLOW.
  return openSync(
    path,
    O_APPEND | O_CREAT | O_WRONLY | (process.platform === 'win32' ? 0 : O_NOFOLLOW),
    0o600,
  );
}
