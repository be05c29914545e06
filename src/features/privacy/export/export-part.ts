import { pipeline, Readable, Transform } from 'node:stream';
import { Injectable } from '@nestjs/common';
import yazl from 'yazl';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import type { Exported, PersonalSubject } from '../../../database/personal-data.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { personalTables } from '../personal-tables.js';
import type { ExportPosition, PartContents } from './part-contents.js';
import { indexPage, pageFoot, pageHead, readme, rowSection } from './export-pages.js';
import { ExportRowsRepository, type ExportedObject, type ExportedRow } from './export-rows.repository.js';

export interface FinishedPart {
  readonly bytes: number;
  readonly contents: readonly PartContents[];
  /** Null: it is the last one. */
  readonly next: ExportPosition | null;
}

export interface PartOrder {
  readonly subject: PersonalSubject;
  readonly key: string;
  readonly number: number;
  readonly position: ExportPosition;
  /** Of the parts before. */
  readonly contents: readonly PartContents[];
}

/** What there is to export, in its order. */
export const exportedTables: readonly { readonly table: string; readonly exported: Exported }[] =
  personalTables.flatMap(({ table, exported }) => ('columns' in exported ? [{ table, exported }] : []));

const { partBytes, partFiles, partRows } = dataExportPolicy;

/** Room that is left in a part. */
interface Room {
  bytes: number;
  rows: number;
  files: number;
}

/** Writes one part: a zip that is stored while it is made, with a page of rows or a piece of a file in memory at a time. */
@Injectable()
export class ExportPart {
  constructor(
    private readonly rows: ExportRowsRepository,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  /** Stores it under the key of `order`. @throws StorageUnavailable, what the database throws, the reason of `signal`; then nothing is stored */
  async store(order: PartOrder, signal: AbortSignal): Promise<FinishedPart> {
    const zip = new yazl.ZipFile();
    let bytes = 0;
    const body = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        bytes += piece.length;
        done(null, piece);
      },
    });
    // What ends the one, ends the other: nobody waits for an archive that nobody stores.
    pipeline(zip.outputStream, body, () => undefined);
    const fail = (cause: unknown): void => {
      body.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    };
    const onAbort = (): void => {
      fail(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    const stored = this.storage.put(order.key, body, 'application/zip');
    // Whichever fails first says why.
    stored.catch(() => undefined);
    try {
      const written = await Promise.race([
        this.write(zip, order),
        stored.then(() => Promise.reject(new Error('stored before it was written'))),
      ]);
      await stored;
      return { ...written, bytes };
    } catch (cause) {
      fail(cause);
      await stored.catch(() => undefined);
      throw cause;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  private async write(
    zip: yazl.ZipFile,
    { subject, number, position, contents }: PartOrder,
  ): Promise<Omit<FinishedPart, 'bytes'>> {
    const room: Room = { bytes: partBytes, rows: partRows, files: partFiles };
    const own: PartContents[] = [];
    let next: ExportPosition | null = position;
    while (next !== null && isLeft(room)) {
      const found: (typeof exportedTables)[number] | undefined = exportedTables[next.table];
      if (found === undefined) next = null;
      else {
        const name = number === 1 ? found.table : `${found.table}.${number}`;
        const done: TableEnd = await this.writeTable(zip, found, subject, next.after, { name, room });
        if (done.rows > 0) own.push({ title: found.exported.title, name, rows: done.rows });
        next =
          done.after === null
            ? { table: next.table + 1, after: null }
            : { table: next.table, after: done.after };
      }
    }
    if (next !== null && exportedTables[next.table] === undefined) next = null;
    if (next === null) {
      const page = indexPage([...contents, ...own], subject.userId, new Date(this.clock.now()));
      zip.addBuffer(Buffer.from(page), 'index.html');
    }
    zip.addBuffer(Buffer.from(readme(number)), next === null ? 'README.txt' : `README.part-${number}.txt`);
    zip.end();
    return { contents: own, next };
  }

  /** The rows as JSON, then as a page, then the files that belong to them. `after`: of the last row, where there are more. */
  private async writeTable(
    zip: yazl.ZipFile,
    { table, exported }: (typeof exportedTables)[number],
    subject: PersonalSubject,
    after: readonly string[] | null,
    { name, room }: { readonly name: string; readonly room: Room },
  ): Promise<TableEnd> {
    const rows = this.rows.rows(table, exported, subject, after);
    const first = await rows.next();
    if (first.done === true) return { rows: 0, after: null };
    const objects: ExportedObject[] = [];
    const end = { rows: 0, after: null as readonly string[] | null };
    const json = async function* (): AsyncGenerator<string> {
      for (
        let row: IteratorResult<ExportedRow, unknown> = first;
        row.done !== true;
        row = await rows.next()
      ) {
        const { json: text, keys, object } = row.value;
        yield `${end.rows === 0 ? '[\n' : ',\n'}${text}`;
        end.rows++;
        end.after = keys;
        room.rows--;
        room.bytes -= text.length * 2;
        if (object !== null) {
          objects.push(object);
          room.bytes -= object.bytes;
          room.files--;
        }
        if (!isLeft(room)) break;
      }
      yield '\n]\n';
    };
    await addText(zip, `data/${name}.json`, json());
    await addText(zip, `pages/${name}.html`, this.page({ table, exported }, subject, after, end.rows));
    for (const object of objects) await this.addObject(zip, object);
    return { rows: end.rows, after: isLeft(room) ? null : end.after };
  }

  /** The same rows once more: kept from the first reading, they would fill the memory. */
  private async *page(
    { table, exported }: (typeof exportedTables)[number],
    subject: PersonalSubject,
    after: readonly string[] | null,
    count: number,
  ): AsyncGenerator<string> {
    yield pageHead(exported.title);
    let left = count;
    const links = Object.keys(exported.besides ?? {});
    for await (const { json } of this.rows.rows(table, exported, subject, after)) {
      if (left-- <= 0) break;
      yield rowSection(JSON.parse(json) as Record<string, unknown>, links);
    }
    yield pageFoot;
  }

  private async addObject(zip: yazl.ZipFile, { key, name }: ExportedObject): Promise<void> {
    const body = await this.storage.read(key);
    if (body === null)
      await addText(zip, `${name}.missing.txt`, ['The storage does not have this file any more.\n']);
    else await addStream(zip, name, body, false);
  }
}

interface TableEnd {
  readonly rows: number;
  readonly after: readonly string[] | null;
}

const isLeft = ({ bytes, rows, files }: Room): boolean => bytes > 0 && rows > 0 && files > 0;

const addText = (
  zip: yazl.ZipFile,
  name: string,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> => addStream(zip, name, Readable.from(pieces, { objectMode: false }), true);

/** Resolves when all of it is in the archive: so one is open at a time. */
const addStream = (zip: yazl.ZipFile, name: string, stream: Readable, compress: boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.once('error', reject).once('end', resolve);
    zip.once('error', reject);
    zip.addReadStream(stream, name, { compress, mtime: new Date(0) });
  });
