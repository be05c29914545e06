import { Injectable } from '@nestjs/common';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import type { Exported, PersonalSubject } from '../../../database/personal-data.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { personalTables } from '../personal-tables.js';
import { PartArchive } from './part-archive.js';
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
    const archive = new PartArchive();
    const onAbort = (): void => {
      archive.fail(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    const stored = this.storage.put(order.key, archive.body, 'application/zip');
    try {
      // Whichever fails first says why.
      const [written] = await Promise.all([this.write(archive, order), stored]);
      return { ...written, bytes: archive.bytes };
    } catch (cause) {
      archive.fail(cause);
      await stored.catch(() => undefined);
      throw cause;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  private async write(
    archive: PartArchive,
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
        const done: TableEnd = await this.writeTable(archive, found, subject, next.after, { name, room });
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
      archive.addBuffer(page, 'index.html');
    }
    archive.addBuffer(readme(number), next === null ? 'README.txt' : `README.part-${number}.txt`);
    archive.end();
    return { contents: own, next };
  }

  /** The rows as JSON, then as a page, then the files that belong to them. `after`: of the last row, where there are more. */
  private async writeTable(
    archive: PartArchive,
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
    await archive.addText(`data/${name}.json`, json());
    await archive.addText(`pages/${name}.html`, this.page({ table, exported }, subject, after, end.rows));
    for (const object of objects) await this.addObject(archive, object);
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

  private async addObject(archive: PartArchive, { key, name }: ExportedObject): Promise<void> {
    const body = await this.storage.read(key);
    if (body === null)
      await archive.addText(`${name}.missing.txt`, ['The storage does not have this file any more.\n']);
    else await archive.addStream(name, body, false);
  }
}

interface TableEnd {
  readonly rows: number;
  readonly after: readonly string[] | null;
}

const isLeft = ({ bytes, rows, files }: Room): boolean => bytes > 0 && rows > 0 && files > 0;
