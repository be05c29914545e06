import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { MediaRefused } from './media-refused.js';

/** A re-encoded picture: only the colours of the pixels come from the received file. */
export interface Picture {
  readonly bytes: Buffer;
  readonly contentType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly extension: 'png' | 'jpg' | 'webp';
  readonly width: number;
  readonly height: number;
}

const policy = mediaPolicy.picture;

interface Format {
  readonly contentType: Picture['contentType'];
  readonly extension: Picture['extension'];
  encode(picture: Sharp): Sharp;
}

/** By the decoder's (sharp's) name of the format. */
const formats: Readonly<Record<string, Format>> = {
  png: { contentType: 'image/png', extension: 'png', encode: (picture) => picture.png({ palette: false }) },
  jpeg: {
    contentType: 'image/jpeg',
    extension: 'jpg',
    // Optimised Huffman tables would keep the whole picture's coefficients in memory, three times its pixels.
    encode: (picture) =>
      picture.jpeg({ quality: policy.jpegQuality, chromaSubsampling: '4:4:4', optimiseCoding: false }),
  },
  webp: {
    contentType: 'image/webp',
    extension: 'webp',
    encode: (picture) => picture.webp({ quality: policy.webpQuality }),
  },
};

// No cache between pictures, and unneeded decoders are blocked (attack surface): libvips has those of PDF, TIFF, HEIF,
// OpenEXR and Matlab. SVG stays for our own painter; a received one is refused before any decoder reads it.
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp', 'VipsForeignLoadSvg'],
});

const limits = { failOn: 'error', pages: 1, animated: false, sequentialRead: true } as const;

/**
 * Decodes a picture and re-encodes it in its format, upright and in sRGB.
 * @throws MediaRefused when it is no still PNG, JPEG or WebP, incomplete, or larger than the policy allows
 */
export async function readPicture(
  received: Uint8Array,
  maxPixels: number = policy.maxPixels,
): Promise<Picture> {
  const format = await formatOf(received, maxPixels);
  const { data, info } = await refusing(() =>
    format
      .encode(sharp(received, { ...limits, limitInputPixels: maxPixels }).autoOrient())
      .timeout({ seconds: policy.timeoutSeconds })
      .toBuffer({ resolveWithObject: true }),
  );
  const { contentType, extension } = format;
  return { bytes: data, contentType, extension, width: info.width, height: info.height };
}

/** The format on which the file's signature and the decoder agree, once its header is within bounds. */
async function formatOf(received: Uint8Array, maxPixels: number): Promise<Format> {
  const sniffed = await fileTypeFromBuffer(received).catch(() => undefined);
  const isKnown = Object.values(formats).some(({ contentType }) => contentType === sniffed?.mime);
  if (!isKnown)
    throw new MediaRefused('media_refused', new Error(`is ${sniffed?.mime ?? 'of no known kind'}`));
  // The header alone, without sharp's own limit: a decompression bomb is then reported as too large.
  const header = await refusing(() => sharp(received, { ...limits, limitInputPixels: false }).metadata());
  const format = Object.hasOwn(formats, header.format) ? formats[header.format] : undefined;
  if (format?.contentType !== sniffed?.mime || format === undefined || isMoving(header)) {
    throw new MediaRefused('media_refused', new Error('is not one still picture of its kind'));
  }
  const { width, height } = header;
  if (Math.max(width, height) > policy.maxSide || width * height > maxPixels) {
    throw new MediaRefused('media_too_large', new Error(`has ${width} x ${height} pixels`));
  }
  return format;
}

const isMoving = ({ pages = 1, delay }: Metadata): boolean => pages > 1 || delay !== undefined;

async function refusing<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw new MediaRefused('media_refused', error);
  }
}
