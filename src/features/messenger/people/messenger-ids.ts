import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import type { Secret } from '../../../../config/values/secret.js';
import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';
import { Random } from '../../../ports/random.js';

/** What is sealed: an id at a page, a text, or the id of a person at our app. */
type Sealed = 'psid' | 'text' | 'app user';

/** What is stored was sealed under a key that this instance does not have: one of another version may have it. */
export class SealedUnderAnotherKey extends Error {
  override readonly name = 'SealedUnderAnotherKey';
}

interface Keys {
  readonly hash: Buffer;
  readonly mark: Buffer;
  readonly seal: Buffer;
}

/**
 * What is stored of the people who write to a page: their ids as keyed hashes, and ids and texts sealed, each under a key of its own,
 * derived from PSEUDONYM_KEY. During a rotation what was stored under the earlier key is still found and read.
 */
@Injectable()
export class MessengerIds {
  private readonly present: Keys;
  private readonly earlier: Keys | null;

  constructor(
    @Inject(CONFIG) { pseudonymKey: { current, previous } }: Pick<Config, 'pseudonymKey'>,
    private readonly random: Random,
  ) {
    this.present = keysOf(current);
    this.earlier = previous === null ? null : keysOf(previous);
  }

  /** Whether PSEUDONYM_KEY is being rotated. */
  get isRotating(): boolean {
    return this.earlier !== null;
  }

  /** 32 bytes. */
  hashOf(pageId: string, psid: string): Buffer {
    return hashUnder(this.present, pageId, psid);
  }

  /** As `hashOf`, under the earlier key; null outside a rotation. */
  earlierHashOf(pageId: string, psid: string): Buffer | null {
    return this.earlier === null ? null : hashUnder(this.earlier, pageId, psid);
  }

  /** What goes along with a reply: its echo is known by it also where the reply is stored no more. */
  markOf(replyId: string): string {
    return `${markStart}${replyId}:${macOf(this.present, replyId)}`;
  }

  /** The id of the reply whose mark this is; null for anything else. */
  markedBy(metadata: string | null): string | null {
    if (metadata?.startsWith(markStart) !== true) return null;
    const [id = '', mac = ''] = metadata.slice(markStart.length).split(':');
    const isOurs = [this.present, this.earlier].some(
      (keys) => keys !== null && equalInConstantTime(Buffer.from(mac), Buffer.from(macOf(keys, id))),
    );
    return isOurs ? id : null;
  }

  /** `pageId`: what is sealed for one page, or one request, opens for no other. */
  seal(text: string, of: Sealed, pageId: string): Buffer {
    return seal(this.present.seal, Buffer.from(text), contextOf(of, pageId), (count) =>
      this.random.bytes(count),
    );
  }

  /** Null for what was not sealed here. */
  open(sealed: Buffer, of: Sealed, pageId: string): string | null {
    return openUnder(this.present, sealed, of, pageId) ?? this.openEarlier(sealed, of, pageId);
  }

  /** Null for what was not sealed under the earlier key. */
  openEarlier(sealed: Buffer, of: Sealed, pageId: string): string | null {
    return this.earlier === null ? null : openUnder(this.earlier, sealed, of, pageId);
  }
}

const markStart = 'velro:';

const macOf = ({ mark }: Keys, replyId: string): string => hmacSha256(mark, replyId).toString('hex', 0, 16);

const keysOf = (key: Secret): Keys => ({
  hash: deriveKey(key, 'messenger ids'),
  mark: deriveKey(key, 'messenger replies'),
  seal: deriveKey(key, 'messenger contents'),
});

const hashUnder = ({ hash }: Keys, pageId: string, psid: string): Buffer =>
  hmacSha256(hash, pageId, ':', psid);

const openUnder = (keys: Keys, sealed: Buffer, of: Sealed, pageId: string): string | null =>
  openSealed(keys.seal, sealed, contextOf(of, pageId))?.toString() ?? null;

const contextOf = (of: Sealed, pageId: string): string => `messenger ${of} ${pageId}`;
