import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { storageHealthPolicy } from '../../../config/policy/generations/storage.js';
import {
  ObjectRefused,
  ObjectStorage,
  StorageUnavailable,
  type Linkable,
  type ObjectEntry,
  type SignedUrl,
} from '../../ports/object-storage.js';
import type { StoreMonitor } from './store-monitor.js';

/** A storage that tells a monitor what becomes of the objects that are stored. */
export class MonitoredStorage extends ObjectStorage {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly monitor: StoreMonitor,
  ) {
    super();
  }

  async put(key: string, body: Uint8Array | Readable, contentType: string): Promise<void> {
    try {
      await this.storage.put(key, body, contentType);
    } catch (error) {
      if (error instanceof StorageUnavailable && !(error instanceof ObjectRefused))
        this.monitor.refused(error);
      throw error;
    }
    this.monitor.accepted();
  }

  signedUrls(objects: readonly Linkable[], seconds: number): Promise<SignedUrl[]> {
    return this.storage.signedUrls(objects, seconds);
  }

  read(key: string): Promise<Readable | null> {
    return this.storage.read(key);
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.storage.remove(keys);
  }

  removeDrafts(before: Date, signal: AbortSignal): Promise<number> {
    return this.storage.removeDrafts(before, signal);
  }

  objects(folder: string): AsyncIterable<ObjectEntry> {
    return this.storage.objects(folder);
  }
}

/** Returns a function that stores an object and removes it; one that a failed removal leaves is replaced by the next call. */
export function trialOf(storage: ObjectStorage): () => Promise<void> {
  const key = `references/trial-${randomUUID()}.png`;
  return async () => {
    await storage.put(key, Buffer.alloc(storageHealthPolicy.trialBytes), 'image/png');
    await storage.remove([key]);
  };
}
