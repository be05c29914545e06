import type { RotatingKey } from '../../../../config/config.js';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { readSelfTest, selfTestFolder } from './self-test-result.js';

export interface SelfTestState {
  /** Null: none that is kept has passed. */
  readonly lastPassed: Date | null;
  /** That failed since. */
  readonly failures: number;
}

/** What the kept results of self-tests say. `now`: milliseconds since the epoch. Counted are those that were written with AUDIT_ENC_KEY and not in the future. @throws BackupTargetUnavailable */
export async function selfTestState(
  target: BackupTarget,
  keys: RotatingKey,
  now: number,
): Promise<SelfTestState> {
  let failures = 0;
  for (const name of (await selfTestNames(target)).reverse()) {
    const text = await textOf(target, name);
    const result = text === null ? null : readSelfTest(text, name, keys);
    // A clock that was ahead would hide for as long that no other test came.
    if (result === null || Date.parse(result.at) > now + backupPolicy.selfTestAheadMs) continue;
    if (result.isPassed) return { lastPassed: new Date(result.at), failures };
    failures++;
  }
  return { lastPassed: null, failures };
}

/** The newest names, of which the last is the newest. @throws BackupTargetUnavailable */
async function selfTestNames(target: BackupTarget): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of target.list(selfTestFolder)) {
    names.push(name);
    if (names.length > backupPolicy.keptSelfTests) names.shift();
  }
  return names;
}

/** Removes all but the newest results, of which none is older than a year where there is one a week. @throws BackupTargetUnavailable */
export async function forgetSelfTests(target: BackupTarget): Promise<void> {
  const kept = new Set(await selfTestNames(target));
  for await (const { name } of target.list(selfTestFolder)) if (!kept.has(name)) await target.remove([name]);
}

/** Null when there is none, or it is too long to be a result. */
async function textOf(target: BackupTarget, name: string): Promise<string | null> {
  const stored = await target.read(name);
  if (stored === null) return null;
  let text = '';
  try {
    for await (const part of stored) {
      text += String(part);
      if (text.length > backupPolicy.selfTestCharacters) return null;
    }
    return text;
  } finally {
    stored.destroy();
  }
}
