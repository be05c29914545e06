import { fileTypeFromBuffer } from 'file-type';
import { ContainerWalk, type Part, type PartReader } from './container-walk.js';
import { MediaRefused } from '../../ports/media-refused.js';

export interface VideoKind {
  readonly contentType: 'video/mp4' | 'video/webm';
  readonly extension: 'mp4' | 'webm';
  /** A new walk, which must be passed all bytes of the video in order. */
  walk(): ContainerWalk;
}

/** Boxes of ISO/IEC 14496-12: size and name; size 1 says that the size is the 8 bytes after the name, 0 that it is the rest. */
const readBox: PartReader = (header) => {
  if (header.length < 8) return null;
  const name = header.toString('latin1', 4, 8);
  if (!/^[A-Za-z0-9 ]{4}$/.test(name)) return 'malformed';
  const size = header.readUInt32BE(0);
  if (size === 0) return { name, bytes: null };
  if (size !== 1) return size < 8 ? 'malformed' : { name, bytes: size - 8 };
  if (header.length < 16) return null;
  const long = Number(header.readBigUInt64BE(8));
  return long < 16 || !Number.isSafeInteger(long) ? 'malformed' : { name, bytes: long - 16 };
};

/** Elements of EBML (RFC 8794): a name of 1 to 4 bytes, a size of 1 to 8; a size of all ones means unknown. */
const readElement: PartReader = (header): Part | null | 'malformed' => {
  const nameBytes = Math.clz32(header[0] ?? 0) - 23;
  if (nameBytes > 4) return 'malformed';
  const first = header[nameBytes];
  if (first === undefined) return null;
  const sizeBytes = Math.clz32(first) - 23;
  if (sizeBytes > 8) return 'malformed';
  if (header.length < nameBytes + sizeBytes) return null;
  const ones = (1n << BigInt(7 * sizeBytes)) - 1n;
  const size = BigInt(`0x${header.toString('hex', nameBytes, nameBytes + sizeBytes)}`) & ones;
  const name = header.toString('hex', 0, nameBytes);
  return { name, bytes: size === ones ? null : Number(size) };
};

const kinds: Readonly<Record<string, VideoKind>> = {
  'video/mp4': {
    contentType: 'video/mp4',
    extension: 'mp4',
    walk: () => new ContainerWalk(readBox, ['ftyp', 'moov', 'mdat']),
  },
  'video/webm': {
    contentType: 'video/webm',
    extension: 'webm',
    walk: () => new ContainerWalk(readElement, ['1a45dfa3', '18538067']),
  },
};

/** Signatures of other kinds that content sniffing may find in a file: markup, archives, documents. */
const otherKinds = /<(?:!doctype|html|head|body|script|iframe|svg|\?php)|PK\x03\x04|%PDF-/i;

/** Bytes. The list of brands of a usual file takes 24 to 40. */
const longestBrands = 256;

/** MP4 begins with a box of brands; its first byte belongs to the size, so it is never a printable character. */
function hasPlainBrands(head: Buffer): boolean {
  const size = head.readUInt32BE(0);
  if (size < 16 || size % 4 !== 0 || size > Math.min(longestBrands, head.length)) return false;
  const brands = head.toString('latin1', 8, 12) + head.toString('latin1', 16, size);
  // An unused entry is zeros.
  return /^(?:[A-Za-z0-9_ -]{4}|\0{4})+$/.test(brands);
}

/**
 * The kind of a video by its first bytes.
 * @throws MediaRefused when it is no MP4 or WebM, or could be taken for another kind
 */
export async function readVideoKind(head: Buffer): Promise<VideoKind> {
  const sniffed = await fileTypeFromBuffer(head).catch(() => undefined);
  const kind = sniffed === undefined || !Object.hasOwn(kinds, sniffed.mime) ? undefined : kinds[sniffed.mime];
  if (kind === undefined) {
    throw new MediaRefused('media_refused', new Error(`is ${sniffed?.mime ?? 'of no known kind'}`));
  }
  const isPlain = kind.extension !== 'mp4' || hasPlainBrands(head);
  if (!isPlain || otherKinds.test(head.toString('latin1'))) {
    throw new MediaRefused('media_refused', new Error('could pass for something else than a video'));
  }
  return kind;
}
