import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../ports/clock.js';
import { restoreSchema } from '../../../database/unopened-restore.js';
import { ObjectStorage } from '../../../ports/object-storage.js';

/** Where the list stands in the object storage. No sweep and no verification of files looks there. */
const erasedFolder = 'erased';
const keyForm = new RegExp(`^${erasedFolder}/([0-9a-f]{64})\\.json$`);

/**
 * Erased accounts, by keyed hash. The list stands in the object storage too, an object for each: a backup of the database has no part of it, and a database
 * that is restored from one learns from it whom it must not have.
 */
@Injectable()
export class ErasedAccountsService {
  constructor(
    private readonly database: Database,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  /** Lists an account outside of the database. @throws StorageUnavailable */
  async list(pseudonym: Buffer): Promise<void> {
    const body = Buffer.from(JSON.stringify({ erased_at: new Date(this.clock.now()).toISOString() }));
    await this.storage.put(`${erasedFolder}/${pseudonym.toString('hex')}.json`, body, 'application/json');
  }

  /** Takes the list over into the database; returns how many it has. @throws StorageUnavailable */
  async read(): Promise<number> {
    let count = 0;
    let waiting: Buffer[] = [];
    const write = async (): Promise<void> => {
      await sql`
        insert into velro.erased_accounts (pseudonym) select unnest(${waiting}::bytea[]) on conflict do nothing`.execute(
        this.database.query,
      );
      waiting = [];
    };
    for await (const { key } of this.storage.objects(erasedFolder)) {
      const pseudonym = keyForm.exec(key)?.[1];
      if (pseudonym === undefined) continue;
      count++;
      waiting.push(Buffer.from(pseudonym, 'hex'));
      if (waiting.length === accountDeletionPolicy.batch) await write();
    }
    if (waiting.length > 0) await write();
    return count;
  }

  /** Where the database waits to be opened after a restore: it may be, as far as deletions go. */
  async noteApplied(): Promise<void> {
    const { rows } = await sql<{ waits: boolean }>`
      select to_regclass(${`${restoreSchema}.erasures`}) is not null as waits`.execute(this.database.query);
    if (rows[0]?.waits !== true) return;
    await sql`insert into ${sql.table(`${restoreSchema}.erasures`)} default values`.execute(
      this.database.query,
    );
  }

  /** Those of the hashes that are of erased accounts, in hexadecimal. */
  async among(pseudonyms: readonly Buffer[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ pseudonym: Buffer }>`
      select pseudonym from velro.erased_accounts where pseudonym = any(${[...pseudonyms]}::bytea[])`.execute(
      this.database.query,
    );
    return new Set(rows.map(({ pseudonym }) => pseudonym.toString('hex')));
  }
}
