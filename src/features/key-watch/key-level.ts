import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';

/** How urgent it is to replace a key, rising. */
export const keyLevels = ['ok', 'notice', 'warning', 'critical'] as const;
export type KeyLevel = (typeof keyLevels)[number];

const day = 24 * 3_600_000;
const { criticalDays, warningDays, noticeDays, keyDays } = keyWatchPolicy;

/** Whole days from `from` to `to`, less than none once `to` is over. */
export const daysBetween = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / day);

/** Of what ends then; null: never. */
export function levelOfEnd(endsAt: Date | null, now: Date): KeyLevel {
  if (endsAt === null) return 'ok';
  const left = (endsAt.getTime() - now.getTime()) / day;
  if (left <= criticalDays) return 'critical';
  if (left <= warningDays) return 'warning';
  return left <= noticeDays ? 'notice' : 'ok';
}

/** Of a key that has been in use since then. */
export const levelOfAge = (since: Date, now: Date): KeyLevel =>
  now.getTime() - since.getTime() > keyDays * day ? 'notice' : 'ok';

/** Rising. */
export const urgencyOf = (level: KeyLevel): number => keyLevels.indexOf(level);

export const worst = (levels: readonly KeyLevel[]): KeyLevel =>
  keyLevels[Math.max(0, ...levels.map(urgencyOf))] ?? 'ok';
