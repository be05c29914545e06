import type { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { uploadPolicy } from '../../../../../config/policy/generations/uploads.js';
import type { TemporaryFile } from '../../../../ports/uploads/temporary-files.js';
import { FileRefused, refusedContent } from '../file-refused.js';
import { Expansion } from './expansion.js';

/** What may stand after the data of an entry, where its sizes are written only then. */
const descriptorBytes: ReadonlySet<number> = new Set([0, 12, 16, 20, 24]);

/** At the end of the file without its comment, and what large files have in front of it. */
const endRecordBytes = 22;
const largeRecordsBytes = 76;
/** Of an archive, wherever it begins within an entry. */
const zipEntry = Buffer.from('PK\x03\x04', 'latin1');

/** First bytes of an entry by which another archive is recognised; that of tar stands at 257. */
const entryHeadBytes = 4096;
const archiveTypes =
  /^application\/(?:zip|gzip|x-7z-compressed|x-rar-compressed|vnd\.rar|x-tar|x-xz|x-bzip2|x-lzip|zstd|x-lz4|x-compress|vnd\.ms-cab-compressed|x-cpio|x-unix-archive|x-rpm|x-deb|java-archive|x-arj|x-ace|x-lzh.*|x-cfb|vnd\.android.*|vnd\.openxmlformats.*|vnd\.oasis.*|epub\+zip|x-apple-diskimage|x-iso9660-image)$/;
const archiveNames =
  /\.(?:zip|jar|war|apk|7z|rar|tar|t?gz|t?bz2|t?xz|zst|lz4?|cab|iso|dmg|arj|ace|cpio|deb|rpm|docx|xlsx|pptx|od[tsp]|epub)$/i;

class FileReader extends RandomAccessReader {
  constructor(private readonly file: TemporaryFile) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return this.file.stream(start, end);
  }
}

/**
 * A zip whose bytes are all spoken of, whose entries can be read without a password, are no archives, and expand within bounds. What the
 * headers say of sizes is not believed.
 * @throws FileRefused, or the signal's reason
 */
export async function judgeArchive(file: TemporaryFile, signal: AbortSignal): Promise<void> {
  try {
    // Sizes are counted by us, and names looked at as they stand.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: true, strictFileNames: true };
    const zip = await fromRandomAccessReaderPromise(new FileReader(file), file.bytes, options);
    await judgeEntries(zip, file.bytes, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FileRefused) throw error;
    const isName =
      error instanceof Error && /characters in fileName|absolute path|relative path/.test(error.message);
    throw refusedContent(isName ? 'unsafe_names' : 'damaged', error);
  }
}

async function judgeEntries(zip: ZipFile, fileBytes: number, signal: AbortSignal): Promise<void> {
  if (zip.entryCount > uploadPolicy.parts) throw refusedContent('too_many_parts');
  const expansion = new Expansion();
  const places: Place[] = [];
  const directoryStart = Number(zip.readEntryCursor);
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    if (entry.isEncrypted()) throw refusedContent('encrypted');
    if (archiveNames.test(entry.fileName)) throw refusedContent('nested');
    if (isLink(entry)) throw refusedContent('unsafe_names');
    places.push(await placeOf(zip, entry));
    await judgeEntry(zip, entry, expansion);
  }
  requireNoGaps(places, directoryStart);
  // Between the directory and the end of the file stands its own record, and the locator of large files.
  const rest = fileBytes - Number(zip.readEntryCursor) - endRecordBytes - zip.comment.length;
  if (rest !== 0 && rest !== largeRecordsBytes) throw refusedContent('hidden_bytes');
}

/** A symbolic link, as Unix writes it into the upper half of the attributes. */
const isLink = ({ externalFileAttributes }: Entry): boolean =>
  ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/** The bytes of an entry in the file, from its header to the end of its data. */
interface Place {
  readonly start: number;
  readonly end: number;
}

async function placeOf(zip: ZipFile, entry: Entry): Promise<Place> {
  const header = await zip.readLocalFileHeaderPromise(entry, { minimal: false });
  const { fileDataStart } = header;
  // Who reads from the beginning believes what stands here, and not the directory.
  if (!header.fileName.equals(entry.fileNameRaw) || header.compressionMethod !== entry.compressionMethod)
    throw refusedContent('hidden_bytes');
  return { start: entry.relativeOffsetOfLocalHeader, end: fileDataStart + entry.compressedSize };
}

/** Every byte belongs to one entry: one that belongs to two is the trick of bombs, one that belongs to none hides something. */
function requireNoGaps(places: Place[], directoryStart: number): void {
  let end = 0;
  for (const place of places.toSorted((one, other) => one.start - other.start)) {
    const gap = place.start - end;
    if (end === 0 ? gap !== 0 : !descriptorBytes.has(gap)) throw refusedContent('hidden_bytes');
    end = place.end;
  }
  if (!descriptorBytes.has(directoryStart - end)) throw refusedContent('hidden_bytes');
}

async function judgeEntry(zip: ZipFile, entry: Entry, expansion: Expansion): Promise<void> {
  expansion.begin();
  const head: Buffer[] = [];
  let held = 0;
  const stream = await zip.openReadStreamPromise(entry);
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      expansion.add(piece);
      if (held < entryHeadBytes) head.push(piece);
      held += piece.length;
    }
  } finally {
    stream.destroy();
  }
  const start = Buffer.concat(head).subarray(0, entryHeadBytes);
  const sniffed = await fileTypeFromBuffer(start).catch(() => undefined);
  // The library reads on in a zip to tell its kinds apart, and fails where the head ends.
  if (archiveTypes.test(sniffed?.mime ?? '') || start.includes(zipEntry)) throw refusedContent('nested');
}
