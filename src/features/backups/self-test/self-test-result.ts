import type { RotatingKey } from '../../../../config/config.js';
import type { Secret } from '../../../../config/values/secret.js';
import { isAuthentic, macOf } from '../../../crypto/backup-mac.js';

export interface SelfTestCheck {
  readonly name: string;
  readonly isPassed: boolean;
  /** Counts; nothing that a row says. */
  readonly detail: string;
}

/** What a restore of a backup into a scratch database showed. */
export interface SelfTestResult {
  /** When it ended, ISO 8601. */
  readonly at: string;
  readonly isPassed: boolean;
  /** The name of the backup; null when there was none to be read. */
  readonly backup: string | null;
  /** Hours from its snapshot to the test. */
  readonly ageHours: number | null;
  readonly seconds: number;
  readonly checks: readonly SelfTestCheck[];
}

export const selfTestFolder = 'self-test';

/** `self-test/2026-11-28T08-33-30-123Z.json`: sorts as the times do. */
export const selfTestNameOf = ({ at }: Pick<SelfTestResult, 'at'>): string =>
  `${selfTestFolder}/${at.replaceAll(/[:.]/g, '-')}.json`;

/** The result with its HMAC by AUDIT_ENC_KEY: the target is written by more than may say that a backup can be restored. */
export function selfTestText(result: SelfTestResult, key: Secret): string {
  const text = JSON.stringify(result);
  return JSON.stringify({ result: text, hmac: macOf(text, key, 'self-test') });
}

/** Null for what was not written with AUDIT_ENC_KEY or the one before it, or stands under the name of another time. */
export function readSelfTest(text: string, name: string, keys: RotatingKey): SelfTestResult | null {
  try {
    const { result, hmac } = JSON.parse(text) as Record<string, unknown>;
    if (typeof result !== 'string' || typeof hmac !== 'string') return null;
    if (!isAuthentic(result, hmac, keys, 'self-test')) return null;
    const found = JSON.parse(result) as SelfTestResult;
    return selfTestNameOf(found) === name ? found : null;
  } catch {
    return null;
  }
}
