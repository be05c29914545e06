import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';

/** The secrets of an endpoint as they are stored. */
export interface SealedSecrets {
  readonly id: string;
  readonly present: Buffer;
  /** Null where none signs along. */
  readonly previous: Buffer | null;
}

/** Sealed secrets of endpoints, whoever has them. */
@Injectable()
export class SealedSecretsRepository {
  constructor(private readonly database: Database) {}

  /** Of the endpoints behind the id `after`, in their order; null: from the first on. */
  async page(after: string | null, limit: number): Promise<readonly SealedSecrets[]> {
    const { rows } = await sql<SealedSecrets>`
      select id, secret_sealed as present, case when previous_until > now() then previous_secret_sealed end as previous
      from velro.webhook_endpoints where removed_at is null and ${after === null ? sql`true` : sql`id > ${after}::uuid`}
      order by id limit ${limit}`.execute(this.database.query);
    return rows;
  }

  /** False when they changed since they were read: then nothing is written. */
  async replace({ id, present, previous }: SealedSecrets, by: Omit<SealedSecrets, 'id'>): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`
      update velro.webhook_endpoints
      set secret_sealed = ${by.present}, previous_secret_sealed = coalesce(${by.previous}::bytea, previous_secret_sealed)
      where id = ${id}::uuid and secret_sealed = ${present}
        and (${previous}::bytea is null or previous_secret_sealed = ${previous}::bytea)`.execute(
      this.database.query,
    );
    return numAffectedRows > 0n;
  }
}
