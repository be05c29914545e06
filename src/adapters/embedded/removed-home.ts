import { existsSync } from 'node:fs';
import { removeBusyFolder } from './busy-folder.js';
import { findPlace } from './postgres/postgres-place.js';

/** Removes a VELRO_HOME whose database is stopped, and its cluster where that is elsewhere. */
export async function removeHome(home: string): Promise<void> {
  if (!existsSync(home)) return;
  const { cluster } = await findPlace(home);
  await removeBusyFolder(cluster);
  await removeBusyFolder(home);
}
