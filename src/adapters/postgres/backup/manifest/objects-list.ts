import type { RotatingKey } from '../../../../../config/config.js';
import type { Secret } from '../../../../../config/values/secret.js';
import { isAuthentic, macOf } from '../../../../crypto/backup-mac.js';

/** What a backup says of the objects of its files, written once every one was looked at. */
export interface ObjectsList {
  /** The name of the backup: a list of another one says nothing of it. */
  readonly backup: string;
  /** Files whose object was missing or damaged. */
  readonly faults: number;
  /** Names under which nothing is kept, as their files were deleted while the backup was made. */
  readonly gone: readonly string[];
}

export function objectsListText(list: ObjectsList, key: Secret): string {
  const text = JSON.stringify(list);
  return JSON.stringify({ objects: text, hmac: macOf(text, key, 'objects') });
}

/** Null when the text is no list of the backup that was made with AUDIT_ENC_KEY: what it would excuse is missing. */
export function readObjectsList(text: string, backup: string, keys: RotatingKey): ObjectsList | null {
  try {
    const { objects, hmac } = JSON.parse(text) as Record<string, unknown>;
    if (typeof objects !== 'string' || typeof hmac !== 'string') return null;
    if (!isAuthentic(objects, hmac, keys, 'objects')) return null;
    const list = JSON.parse(objects) as ObjectsList;
    return list.backup === backup ? list : null;
  } catch {
    return null;
  }
}
