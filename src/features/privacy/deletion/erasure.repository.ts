import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { Database } from '../../../database/database.js';
import type { Erasure, PersonalSubject, PersonalTable } from '../../../database/personal-data.js';

export interface LeftRows {
  readonly table: string;
  /** At most as many as were counted. */
  readonly count: number;
}

const tableOf = (name: string): RawBuilder<unknown> => sql.table(`velro.${name}`);
/** As the functions of the database take the keyed hashes of an address: as events show them. */
const shown = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex', 0, 16));

/** Rows of a person in tables that are declared, whichever these are. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly database: Database) {}

  /** Takes the person out of at most `atMost` rows; returns of how many. None where an eraser of a feature does it, or the account's row. */
  async erase(
    { table }: PersonalTable,
    erasure: Erasure,
    subject: PersonalSubject,
    atMost: number,
  ): Promise<number> {
    switch (erasure.how) {
      case 'delete': {
        const when = erasure.when === undefined ? sql`` : sql` and ${erasure.when}`;
        const chosen = sql`any (array(select ctid from ${tableOf(table)} where ${erasure.of(subject)}${when} limit ${atMost}))`;
        return this.affected(sql`delete from ${tableOf(table)} where ctid = ${chosen}`);
      }
      case 'set': {
        const cleared = sql.join(erasure.cleared.map((column) => sql`${sql.ref(column)} = null`));
        const chosen = sql`any (array(select ctid from ${tableOf(table)} where ${erasure.of(subject)} limit ${atMost}))`;
        return this.affected(sql`update ${tableOf(table)} set ${cleared} where ctid = ${chosen}`);
      }
      case 'function': {
        const { rows } = await sql<{ taken: number }>`
          select ${sql.raw(`velro.${erasure.name}`)}(${subject.userId}::uuid, ${shown(subject.accounts)}::text[], ${atMost}) as taken`.execute(
          this.database.query,
        );
        return rows[0]?.taken ?? 0;
      }
      case 'eraser':
      case 'with_account':
        return 0;
    }
  }

  /** Tables that have rows of the person, each counted up to `atMost`. */
  async left(
    tables: readonly PersonalTable[],
    subject: PersonalSubject,
    atMost: number,
  ): Promise<readonly LeftRows[]> {
    const left: LeftRows[] = [];
    for (const { table, erased } of tables)
      for (const { of } of erased) {
        const { rows } = await sql<{ count: number }>`
          select count(*)::integer as count from (select from ${tableOf(table)} where ${of(subject)} limit ${atMost}) found`.execute(
          this.database.query,
        );
        const count = rows[0]?.count ?? 0;
        if (count > 0) left.push({ table, count });
      }
    return left;
  }

  private async affected(statement: RawBuilder<unknown>): Promise<number> {
    const { numAffectedRows = 0n } = await statement.execute(this.database.query);
    return Number(numAffectedRows);
  }
}
