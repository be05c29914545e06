import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import type { ProviderMedia } from '../../ports/generation-provider.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import { PictureDecoder, type Picture, type PictureRules } from '../../ports/picture-decoder.js';
import { RemoteFileError, RemoteFiles, type FetchRules } from '../../ports/remote-files.js';
import { MediaRefused } from '../../ports/media-refused.js';
import { Semaphore } from './semaphore.js';
import { VideoStream } from './video-stream.js';
import { sha256 } from '../../crypto/hash.js';

/** An object stored by the intake. */
export interface StoredMedia {
  readonly objectKey: string;
  readonly contentType: string;
  /** Pixels; null for a video, which is not decoded. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** Judges what a person sent or linked, before anything decodes it; rejects where it is refused. */
export type Inspect = (received: Uint8Array) => Promise<void>;

export type ReferenceSource = { readonly url: string } | { readonly bytes: Uint8Array };

const resultRules: PictureRules = { ...mediaPolicy.picture, fitPixels: null, isGenerated: true };
const referenceRules: PictureRules = { ...mediaPolicy.references, isGenerated: false };
const uploadRules: PictureRules = {
  ...mediaPolicy.picture,
  fitPixels: null,
  isGenerated: false,
  isGifTaken: true,
};

/**
 * Intake of pictures and videos: fetched within bounds, identified by their content and not by declared types, and
 * stored privately. Pictures are re-encoded, so that only their pixels are kept, and results are marked as made by AI; videos are
 * streamed without buffering, as they are.
 */
@Injectable()
export class MediaIntake {
  private readonly results = new PictureLimits(
    mediaPolicy.heldAtOnce,
    mediaPolicy.waiting,
    mediaPolicy.decodedAtOnce,
  );
  private readonly references = new PictureLimits(
    mediaPolicy.references.heldAtOnce,
    mediaPolicy.references.waiting,
    mediaPolicy.references.decodedAtOnce,
  );

  private readonly uploads = new PictureLimits(
    mediaPolicy.uploads.heldAtOnce,
    mediaPolicy.uploads.waiting,
    mediaPolicy.uploads.decodedAtOnce,
  );

  constructor(
    private readonly remote: RemoteFiles,
    private readonly storage: ObjectStorage,
    private readonly decoder: PictureDecoder,
  ) {}

  /**
   * Stores a result of a generation under `objectKeyStem` and the extension of its detected type. `hosts`: as in
   * FetchRules.
   * @throws MediaRefused, permanent; MediaBusy, RemoteFileError and the storage's errors, which may be retried
   */
  async storeResult(
    media: ProviderMedia,
    expected: 'image' | 'video',
    objectKeyStem: string,
    hosts: readonly string[],
    signal: AbortSignal,
  ): Promise<StoredMedia> {
    const { maxBytes, timeoutMs } = expected === 'video' ? mediaPolicy.video : mediaPolicy.result;
    const rules = { hosts, maxBytes, timeoutMs, signal };
    return boundedBy(maxBytes, () =>
      expected === 'video'
        ? this.storeVideo(media, objectKeyStem, rules)
        : this.storePicture(media, objectKeyStem, rules, signal, this.results, resultRules),
    );
  }

  /**
   * Stores a picture that a user sent, or fetches it from a public URL.
   * @throws as `storeResult`, and what `inspect` rejects with
   */
  async storeReference(
    source: ReferenceSource,
    objectKeyStem: string,
    signal: AbortSignal,
    inspect: Inspect,
  ): Promise<StoredMedia> {
    const rules: FetchRules = { hosts: 'public', ...mediaPolicy.reference, signal };
    return boundedBy(rules.maxBytes, () =>
      this.storePicture(source, objectKeyStem, rules, signal, this.references, referenceRules, inspect),
    );
  }

  /**
   * Decodes an uploaded picture, a GIF too, and encodes it anew. `read`: makes its bytes, once there is room for them in memory.
   * @throws MediaRefused, permanent; MediaBusy, PictureDecoderFailed, or the signal's reason
   */
  encodeUpload(read: () => Promise<Uint8Array>, signal: AbortSignal): Promise<Picture> {
    const { held, decoded } = this.uploads;
    return held.run(async () => {
      const received = await read();
      return decoded.run(() => this.decoder.decode(received, uploadRules, signal), signal);
    }, signal);
  }

  private storePicture(
    source: ReferenceSource,
    stem: string,
    rules: FetchRules,
    signal: AbortSignal,
    desk: PictureLimits,
    pictureRules: PictureRules,
    inspect: Inspect = () => Promise.resolve(),
  ): Promise<StoredMedia> {
    return desk.held.run(async () => {
      const received = 'bytes' in source ? source.bytes : await this.fetchWhole(source.url, rules);
      if (received.length > rules.maxBytes) throw new MediaRefused('media_too_large');
      await inspect(received);
      const { bytes, contentType, extension, width, height } = await desk.decoded.run(
        () => this.decoder.decode(received, pictureRules, signal),
        signal,
      );
      signal.throwIfAborted();
      const objectKey = `${stem}.${extension}`;
      await this.storage.put(objectKey, Buffer.from(bytes), contentType);
      return { objectKey, contentType, width, height, bytes: bytes.length, sha256: sha256(bytes) };
    }, signal);
  }

  private async fetchWhole(url: string, rules: FetchRules): Promise<Buffer> {
    const { stream } = await this.remote.open(url, rules);
    const parts: Uint8Array[] = [];
    for await (const part of stream as AsyncIterable<Uint8Array>) parts.push(part);
    return Buffer.concat(parts);
  }

  private async storeVideo(source: ReferenceSource, stem: string, rules: FetchRules): Promise<StoredMedia> {
    const stream =
      'bytes' in source
        ? Readable.from([source.bytes], { objectMode: false })
        : (await this.remote.open(source.url, rules)).stream;
    try {
      const video = await VideoStream.begin(stream);
      const { contentType, extension } = video.kind;
      const objectKey = `${stem}.${extension}`;
      await this.storage.put(objectKey, video.stream, contentType);
      return {
        objectKey,
        contentType,
        width: null,
        height: null,
        bytes: video.bytes,
        sha256: video.sha256(),
      };
    } finally {
      stream.destroy();
    }
  }
}

/** Limits of parallel pictures of one kind: held in memory, and decoded. */
class PictureLimits {
  readonly held: Semaphore;
  readonly decoded: Semaphore;

  constructor(held: number, waiting: number, decoded: number) {
    this.held = new Semaphore(held, waiting);
    this.decoded = new Semaphore(decoded, held);
  }
}

/** A file above the limit is a permanent failure, not a connection error that is retried. */
async function boundedBy(maxBytes: number, store: () => Promise<StoredMedia>): Promise<StoredMedia> {
  try {
    return await store();
  } catch (error) {
    if (!(error instanceof RemoteFileError) || error.trouble !== 'too_large') throw error;
    throw new MediaRefused('media_too_large', new Error(`has more than ${maxBytes} bytes`, { cause: error }));
  }
}
