import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { sha256 } from '../../../crypto/hash.js';
import { MediaRefused } from '../../../ports/media-refused.js';
import type { TemporaryFile } from '../../../ports/uploads/temporary-files.js';
import { MediaIntake } from '../../media/media-intake.js';
import { refusedContent } from './file-refused.js';
import { InspectionService } from './inspection.service.js';
import type { ReceivedFile } from './received-file.js';

/** A file as it is stored. */
export interface PreparedFile {
  readonly contentType: string;
  readonly extension: string;
  /** Pixels; null for what is no picture. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly sha256: Buffer;
  /** False: nobody may read it before a scanner has. */
  readonly isScanned: boolean;
  readonly body: () => Uint8Array | Readable;
}

/** Inspects what came, and encodes pictures anew: of a picture only its pixels are stored, of anything else what was inspected. */
@Injectable()
export class FileIntake {
  constructor(
    private readonly inspection: InspectionService,
    private readonly media: MediaIntake,
  ) {}

  /** @throws FileRefused; ScannerUnavailable, MediaBusy, PictureDecoderFailed, or the signal's reason */
  async prepare(received: ReceivedFile, signal: AbortSignal): Promise<PreparedFile> {
    const { kind, contentType, extension, isScanned } = await this.inspection.inspect(received, signal);
    const { file } = received;
    if (kind === 'picture') return { ...(await this.encode(file, signal)), isScanned };
    const digest = await digestOf(file);
    const { bytes } = file;
    return {
      contentType,
      extension,
      width: null,
      height: null,
      bytes,
      sha256: digest,
      isScanned,
      body: () => file.stream(),
    };
  }

  private async encode(file: TemporaryFile, signal: AbortSignal): Promise<Omit<PreparedFile, 'isScanned'>> {
    try {
      const picture = await this.media.encodeUpload(() => file.read(0, file.bytes), signal);
      const { contentType, extension, width, height } = picture;
      const bytes = Buffer.from(picture.bytes);
      return {
        contentType,
        extension,
        width,
        height,
        bytes: bytes.length,
        sha256: sha256(bytes),
        body: () => bytes,
      };
    } catch (error) {
      if (!(error instanceof MediaRefused)) throw error;
      throw refusedContent(error.code === 'media_too_large' ? 'picture_too_large' : 'damaged', error);
    }
  }
}

async function digestOf(file: TemporaryFile): Promise<Buffer> {
  const hash = createHash('sha256');
  await file.each((piece) => {
    hash.update(piece);
  });
  return hash.digest();
}
