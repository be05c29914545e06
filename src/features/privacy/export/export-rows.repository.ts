import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import { Database } from '../../../database/database.js';
import type { Exported, ExportOrder, PersonalSubject } from '../../../database/personal-data.js';

export interface ExportedObject {
  readonly key: string;
  readonly bytes: number;
  /** In the archive. */
  readonly name: string;
}

export interface ExportedRow {
  /** A JSON object, as PostgreSQL writes it. */
  readonly json: string;
  /** Behind which the next row comes. */
  readonly keys: readonly string[];
  readonly object: ExportedObject | null;
}

interface Row {
  readonly row: string;
  readonly keys: string[];
  readonly object_key: string | null;
  readonly object_bytes: string | null;
  readonly object_id: string | null;
}

/** Rows of a person, as they are given them. */
@Injectable()
export class ExportRowsRepository {
  constructor(private readonly database: Database) {}

  /** All of them behind `after`, in the order of an index and a page at a time. */
  async *rows(
    table: string,
    exported: Exported,
    subject: PersonalSubject,
    after: readonly string[] | null,
  ): AsyncGenerator<ExportedRow> {
    for (let last = after; ;) {
      const page = await this.page(table, exported, subject, last);
      yield* page;
      if (page.length < dataExportPolicy.pageRows) return;
      last = page.at(-1)?.keys ?? null;
    }
  }

  private async page(
    table: string,
    exported: Exported,
    subject: PersonalSubject,
    after: readonly string[] | null,
  ): Promise<ExportedRow[]> {
    const column = (name: string): RawBuilder<unknown> => sql.ref(`velro.${table}.${name}`);
    const key = ([name, type, orElse]: ExportOrder): RawBuilder<unknown> =>
      orElse === undefined
        ? column(name)
        : sql`coalesce(${column(name)}, ${sql.lit(orElse)}::${sql.raw(type)})`;
    const keys = exported.order.map(key);
    const shown = [
      ...Object.entries(exported.columns).flatMap(([name, as]) =>
        typeof as === 'string' ? [[as, column(name)] as const] : [],
      ),
      ...Object.entries(exported.besides ?? {}),
    ];
    const values = sql.join(shown.map(([name, value]) => sql`${sql.lit(name)}::text, ${value}`));
    const behind =
      after === null
        ? sql``
        : sql` and (${sql.join(keys)}) > (${sql.join(
            exported.order.map(([, type], at) => sql`${after[at] ?? null}::text::${sql.raw(type)}`),
          )})`;
    const { object } = exported;
    const objectOf = (name: string | undefined) =>
      name === undefined ? sql`null` : sql`${column(name)}::text`;
    const { rows } = await sql<Row>`
      select json_build_object(${values})::text as row, array[${sql.join(keys.map((one) => sql`${one}::text`))}] as keys,
        case when ${objectOf(object?.unreadable)} is null then ${objectOf(object?.key)} end as object_key, ${objectOf(object?.bytes)} as object_bytes, ${objectOf(object?.id)} as object_id
      from ${sql.table(`velro.${table}`)} where ${exported.of(subject)}${behind}
      order by ${sql.join(keys)} limit ${dataExportPolicy.pageRows}`.execute(this.database.query);
    return rows.map(toRow);
  }
}

/** The name of an object in the archive is made of ids of this service alone: no path, and nothing that a client named. */
const toRow = (row: Row): ExportedRow => ({
  json: row.row,
  keys: row.keys,
  object:
    row.object_key === null || row.object_id === null
      ? null
      : {
          key: row.object_key,
          bytes: Number(row.object_bytes),
          name: `media/${row.object_id}${/\.[a-z0-9]{1,8}$/.exec(row.object_key)?.[0] ?? ''}`,
        },
});
