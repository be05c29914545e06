/** A re-encoded picture: only the colours of the pixels come from the received file, and it has no metadata but its mark. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly contentType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly extension: 'png' | 'jpg' | 'webp' | 'gif';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface PictureRules {
  /** Pixels of the received picture. */
  readonly maxPixels: number;
  /** A larger picture is scaled down to so many pixels while it is decoded; null leaves its size. */
  readonly fitPixels: number | null;
  /** Seconds of processor time; a picture that costs more is refused. */
  readonly cpuSeconds: number;
  /** Whether a GIF is taken too, moving or not; the pixels of all its frames count. */
  readonly isGifTaken?: boolean;
  /** Made by a model: XMP says so, as IPTC's digital source type `trainedAlgorithmicMedia`. A picture of a user gets none. */
  readonly isGenerated: boolean;
}

/** Decodes untrusted pictures and encodes them anew, where it can be ended whatever the decoder does. */
export abstract class PictureDecoder {
  /**
   * Upright, in sRGB, in its own format. The work ends when `signal` aborts.
   * @throws MediaRefused when it is no still PNG, JPEG or WebP and no GIF that is taken, incomplete, or larger or costlier than the rules allow;
   *   PictureDecoderFailed, or the signal's reason
   */
  abstract decode(received: Uint8Array, rules: PictureRules, signal: AbortSignal): Promise<Picture>;
}

/** The decoder ended for a reason of its own: nothing was done, a retry may succeed. */
export class PictureDecoderFailed extends Error {
  override readonly name = 'PictureDecoderFailed';
}
