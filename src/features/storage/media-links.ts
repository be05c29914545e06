import { Injectable } from '@nestjs/common';
import { mediaUrlSeconds } from '../../../config/policy/generations/streams.js';
import { Log } from '../../observability/log.js';
import { Clock } from '../../ports/clock.js';
import { ObjectStorage } from '../../ports/object-storage.js';

/** A stored object with a link to it. */
export type Linked<T> = T & { readonly url: string; readonly expiresAt: Date };

interface Stored {
  readonly objectKey: string;
  readonly bytes: number;
  readonly fileName?: string | null;
}

/** Links to stored objects, signed when they are shown. */
@Injectable()
export class MediaLinks {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * `seconds`: lifetime of the links. The link of a missing object opens nothing, so that the others are shown.
   * @throws StorageUnavailable
   */
  async sign<T extends Stored>(objects: readonly T[], seconds = mediaUrlSeconds): Promise<Linked<T>[]> {
    const expiresAt = new Date(this.clock.now() + seconds * 1000);
    const links = await this.storage.signedUrls(
      objects.map(({ objectKey, bytes, fileName = null }) => ({ key: objectKey, bytes, fileName })),
      seconds,
    );
    const missing = objects.filter((_object, at) => links[at]?.isSigned !== true);
    if (missing.length > 0)
      this.log.error('stored objects are missing', { count: missing.length, key: missing[0]?.objectKey });
    return objects.map((object, at) => ({ ...object, url: links[at]?.url ?? '', expiresAt }));
  }

  /** The same for several lists, by one request. @throws StorageUnavailable */
  async signLists<T extends Stored>(lists: readonly (readonly T[])[]): Promise<Linked<T>[][]> {
    const links = await this.sign(lists.flat());
    let at = 0;
    return lists.map((list) => links.slice(at, (at += list.length)));
  }
}
