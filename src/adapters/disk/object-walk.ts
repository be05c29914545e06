import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../config/values/system-error.js';
import type { ObjectEntry } from '../../ports/object-storage.js';
import { isObjectKey } from '../storage/object-key.js';

const isGone = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');

/** The objects below `folder` of `root`, a few entries in memory at a time; objects deleted meanwhile are skipped. */
export async function* objectsBelow(root: string, folder: string): AsyncGenerator<ObjectEntry> {
  const entries = await opendir(join(root, ...folder.split('/'))).catch((error: unknown) => {
    if (isGone(error)) return [];
    throw error;
  });
  for await (const entry of entries) {
    const key = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      yield* objectsBelow(root, key);
      continue;
    }
    if (!isObjectKey(key)) continue;
    const found = await stat(join(root, ...key.split('/'))).catch((error: unknown) => {
      if (isGone(error)) return null;
      throw error;
    });
    if (found !== null) yield { key, storedAt: found.mtime };
  }
}
