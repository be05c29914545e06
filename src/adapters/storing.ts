import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Clock } from '../ports/clock.js';
import type { ObjectStorage } from '../ports/object-storage.js';
import { DiskStorage } from './disk/disk-storage.js';
import { SupabaseStorage } from './supabase/supabase-storage.js';
import { SystemClock } from './system/system.js';

type Settings = Pick<Config, 'supabase' | 'home' | 'tokens'>;

/** The bucket of the configured Supabase project, or the disk. `publicUrl`: base of the links of the disk. */
export function createStorage(
  { supabase, home, tokens }: Settings,
  clock: Clock,
  publicUrl: () => string,
): ObjectStorage {
  return supabase.kind === 'hosted'
    ? new SupabaseStorage(supabase.url, supabase.secretKey)
    : new DiskStorage(join(home, 'objects'), tokens.current, clock, publicUrl);
}

/** The storage for a command, which gives out no links. */
export const configuredStorage = (config: Settings): ObjectStorage =>
  createStorage(config, new SystemClock(), () => '');
