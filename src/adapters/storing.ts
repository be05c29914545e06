import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Clock } from '../ports/clock.js';
import type { ObjectStorage, StorageHealth } from '../ports/object-storage.js';
import { DiskStorage } from './disk/disk-storage.js';
import { MonitoredStorage, trialOf } from './storage/monitored-storage.js';
import { StoreMonitor } from './storage/store-monitor.js';
import { SupabaseStorage } from './supabase/supabase-storage.js';
import { SystemClock } from './system/system.js';

type Settings = Pick<Config, 'supabase' | 'home' | 'tokens'>;

/** The bucket of the configured Supabase project, or the disk. `publicUrl`: base of the links of the disk. */
function createStorage(
  { supabase, home, tokens }: Settings,
  clock: Clock,
  publicUrl: () => string,
): ObjectStorage {
  return supabase.kind === 'hosted'
    ? new SupabaseStorage(supabase.url, supabase.secretKey)
    : new DiskStorage(join(home, 'objects'), tokens.current, clock, publicUrl);
}

export interface Storing {
  readonly storage: ObjectStorage;
  readonly health: StorageHealth;
  /** The disk behind it; null where it is hosted. */
  readonly disk: DiskStorage | null;
  open(): void;
  close(): Promise<void>;
}

/** The storage of the service, with its health. Parameters as those of `createStorage`. */
export function createStoring(config: Settings, clock: Clock, publicUrl: () => string): Storing {
  const storage = createStorage(config, clock, publicUrl);
  const disk = storage instanceof DiskStorage ? storage : null;
  const monitor = new StoreMonitor({
    tryOut: trialOf(storage),
    hasRoom: () => disk?.hasRoom() ?? Promise.resolve(true),
  });
  return {
    storage: new MonitoredStorage(storage, monitor),
    health: monitor,
    disk,
    open: () => {
      monitor.open();
    },
    close: () => monitor.close(),
  };
}

/** The storage for a command, which gives out no links. */
export const configuredStorage = (config: Settings): ObjectStorage =>
  createStorage(config, new SystemClock(), () => '');
