import { orphanedObjectsPolicy } from '../../../config/policy/generations/storage.js';
import { isOldObject } from '../../features/storage/removal/orphans.js';
import type { ObjectEntry } from '../../ports/object-storage.js';
import { orphanedKeys } from './questions.js';
import type { Verification } from './verification.js';

const { folders } = orphanedObjectsPolicy;

/** Finds objects that no file speaks of. `now`: milliseconds since the epoch. */
export async function verifyObjects(verification: Verification, now: number): Promise<void> {
  for (const folder of folders) {
    if (verification.isOver) return;
    await verification.answer({ of: 'object', name: `${folder}/` }, () =>
      verifyFolder(verification, folder, now),
    );
  }
}

async function verifyFolder(verification: Verification, folder: string, now: number): Promise<void> {
  let old: ObjectEntry[] = [];
  for await (const entry of verification.storage.objects(folder)) {
    verification.objects++;
    if (!isOldObject(entry, now)) continue;
    old.push(entry);
    if (old.length < orphanedObjectsPolicy.batch) continue;
    await reportOrphans(verification, old);
    old = [];
    if (verification.isOver) return;
  }
  await reportOrphans(verification, old);
}

async function reportOrphans(verification: Verification, entries: readonly ObjectEntry[]): Promise<void> {
  const rows = await verification.query<{ key: string }>(orphanedKeys, [entries.map(({ key }) => key)]);
  const orphans = new Set(rows.map(({ key }) => key));
  await verification.each(
    entries.filter(({ key }) => orphans.has(key)),
    async ({ key, storedAt }) => {
      const named = { of: 'object', name: key } as const;
      // Removed since it was listed: by the sweep, or with its row.
      const isThere = await verification.answer(named, async () => {
        const stream = await verification.storage.read(key);
        stream?.destroy();
        return stream !== null;
      });
      if (isThere === true)
        verification.report({ ...named, what: `orphan, stored ${storedAt.toISOString()}, has no file` });
    },
  );
}
