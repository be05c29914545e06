import type { Secret } from '../../../config/values/secret.js';
import type { ObjectStorage } from '../../ports/object-storage.js';
import { withReadOnlyClient } from '../read-only-client.js';
import { Verification, type Finding } from './verification.js';
import { verifyFiles } from './verify-files.js';
import { verifyObjects } from './verify-objects.js';

export interface Checked {
  readonly files: number;
  readonly objects: number;
  readonly faults: number;
  /** What the storage did not answer about. */
  readonly unverified: number;
  /** False when the storage answered too little to go on. */
  readonly isComplete: boolean;
}

/**
 * Compares every file with its object, and finds objects without a file. Read-only, a page of rows and a few streams at a
 * time; may run while the service runs. Calls `tell` for each finding as it is made. Rejects with the error of the PostgreSQL
 * driver.
 */
export function verifyStorage(
  url: Secret,
  storage: ObjectStorage,
  tell: (finding: Finding) => void,
): Promise<Checked> {
  return withReadOnlyClient(url, async (client) => {
    const verification = new Verification(client, storage, tell);
    await verifyFiles(verification);
    await verifyObjects(verification, Date.now());
    const { files, objects, faults, unverified, isOver } = verification;
    return { files, objects, faults, unverified, isComplete: !isOver };
  });
}
