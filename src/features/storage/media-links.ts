import { Injectable } from '@nestjs/common';
import { mediaUrlSeconds } from '../../../config/policy/generations/streams.js';
import { Clock } from '../../ports/clock.js';
import { ObjectStorage } from '../../ports/object-storage.js';

/** A stored object with a link to it. */
export type Linked<T> = T & { readonly url: string; readonly expiresAt: Date };

/** Links to stored objects, signed when they are shown. */
@Injectable()
export class MediaLinks {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  /** `seconds`: lifetime of the links. */
  sign<T extends { readonly objectKey: string; readonly bytes: number }>(
    objects: readonly T[],
    seconds = mediaUrlSeconds,
  ): Promise<Linked<T>[]> {
    const expiresAt = new Date(this.clock.now() + seconds * 1000);
    return Promise.all(
      objects.map(async (object) => {
        const url = await this.storage.signedUrl(object.objectKey, seconds, object.bytes);
        return { ...object, url, expiresAt };
      }),
    );
  }
}
