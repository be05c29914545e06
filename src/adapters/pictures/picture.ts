import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { MediaRefused } from '../../ports/media-refused.js';
import type { Picture, PictureRules } from '../../ports/picture-decoder.js';
import { generatedXmp, withPngXmp } from './digital-source-type.js';
import { scansOf } from './jpeg-scans.js';

const policy = mediaPolicy.picture;

interface Format {
  readonly contentType: Picture['contentType'];
  readonly extension: Picture['extension'];
  encode(picture: Sharp): Sharp;
  /** Writes XMP into what the encoder made; null: the encoder writes it. */
  readonly embed: ((encoded: Uint8Array, xmp: string) => Uint8Array) | null;
}

/** By the decoder's (sharp's) name of the format. */
const formats: Readonly<Record<string, Format>> = {
  png: {
    contentType: 'image/png',
    extension: 'png',
    encode: (picture) => picture.png({ palette: false }),
    embed: withPngXmp,
  },
  jpeg: {
    contentType: 'image/jpeg',
    extension: 'jpg',
    // Optimised Huffman tables would keep the whole picture's coefficients in memory, three times its pixels.
    encode: (picture) =>
      picture.jpeg({ quality: policy.jpegQuality, chromaSubsampling: '4:4:4', optimiseCoding: false }),
    embed: null,
  },
  webp: {
    contentType: 'image/webp',
    extension: 'webp',
    encode: (picture) => picture.webp({ quality: policy.webpQuality }),
    embed: null,
  },
  gif: { contentType: 'image/gif', extension: 'gif', encode: (picture) => picture.gif(), embed: null },
};

// No cache between pictures, and unneeded decoders are blocked (attack surface): libvips has those of PDF, TIFF, HEIF,
// OpenEXR and Matlab. SVG stays for our own painter; a received one is refused before any decoder reads it.
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadSvg',
  ],
});

const still = { failOn: 'error', pages: 1, animated: false, sequentialRead: true } as const;
/** All frames, one below the other. */
const moving = { failOn: 'error', animated: true, sequentialRead: true } as const;

/**
 * Decodes a picture and re-encodes it in its format, upright and in sRGB. Nothing else is in it but, in a generated one, its mark.
 * @throws MediaRefused when it is no still PNG, JPEG or WebP and no GIF that is taken, incomplete, or larger than the policy allows
 */
export async function readPicture(
  received: Uint8Array,
  {
    maxPixels = policy.maxPixels,
    fitPixels = null,
    isGenerated = false,
    isGifTaken = false,
  }: Partial<Omit<PictureRules, 'cpuSeconds'>> = {},
): Promise<Picture> {
  const { format, width, height } = await headerOf(received, maxPixels, isGifTaken);
  const isGif = format.extension === 'gif';
  const reading = sharp(received, { ...(isGif ? moving : still), limitInputPixels: maxPixels });
  // A GIF has no orientation.
  const decoding = isGif ? reading : reading.autoOrient();
  const pixels = width * height;
  if (fitPixels !== null && pixels > fitPixels && !isGif) {
    // Sides are rounded down, so that the product stays within.
    const side = Math.floor(Math.max(width, height) * Math.sqrt(fitPixels / pixels));
    decoding.resize({ width: side, height: side, fit: 'inside' });
  }
  const { contentType, extension, embed } = format;
  const encoding = format.encode(decoding);
  if (isGenerated && embed === null) encoding.withXmp(generatedXmp);
  const { data, info } = await refusing(() => encoding.toBuffer({ resolveWithObject: true }));
  const bytes = isGenerated && embed !== null ? embed(data, generatedXmp) : data;
  return { bytes, contentType, extension, width: info.width, height: info.pageHeight ?? info.height };
}

/** The format on which the file's signature and the decoder agree, once its header is within bounds. */
async function headerOf(
  received: Uint8Array,
  maxPixels: number,
  isGifTaken: boolean,
): Promise<{ readonly format: Format; readonly width: number; readonly height: number }> {
  const sniffed = await fileTypeFromBuffer(received).catch(() => undefined);
  const isGif = sniffed?.mime === 'image/gif';
  const isKnown =
    (!isGif || isGifTaken) && Object.values(formats).some(({ contentType }) => contentType === sniffed?.mime);
  if (!isKnown)
    throw new MediaRefused('media_refused', new Error(`is ${sniffed?.mime ?? 'of no known kind'}`));
  // The header alone, without sharp's own limit: a decompression bomb is then reported as too large.
  const header = await refusing(() =>
    sharp(received, { ...(isGif ? moving : still), limitInputPixels: false }).metadata(),
  );
  const format = Object.hasOwn(formats, header.format) ? formats[header.format] : undefined;
  if (format?.contentType !== sniffed?.mime || format === undefined || (!isGif && isMoving(header))) {
    throw new MediaRefused('media_refused', new Error('is not one still picture of its kind'));
  }
  const { width, height } = header;
  if (Math.max(width, header.pageHeight ?? height) > policy.maxSide || width * height > maxPixels) {
    throw new MediaRefused('media_too_large', new Error(`has ${width} x ${height} pixels`));
  }
  if (format.extension === 'jpg' && scansOf(received) > policy.maxScans)
    throw new MediaRefused('media_refused', new Error('has too many scans'));
  return { format, width, height };
}

const isMoving = ({ pages = 1, delay }: Metadata): boolean => pages > 1 || delay !== undefined;

async function refusing<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw new MediaRefused('media_refused', error);
  }
}
