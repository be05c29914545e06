import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { sweepPolicy } from '../../../../config/policy/generations/storage.js';
import { Database } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';

const inSeconds = (count: number) => sql<Date>`now() + ${count} * interval '1 second'`;

/**
 * A lease in the database, so that one instance runs a sweep. An advisory lock would keep a transaction idle for as
 * long as the storage takes, and a timer would restart with every deployment.
 */
@Injectable()
export class SweepLease {
  constructor(
    private readonly database: Database,
    private readonly random: Random,
  ) {}

  /** Takes the lease if a run is due, and returns the claim. Null when none is due or another instance holds it. */
  async take(name: string): Promise<string | null> {
    const claim = this.random.uuid();
    const { numUpdatedRows } = await this.database.query
      .updateTable('sweeps')
      .set({ claim, due_at: inSeconds(sweepPolicy.leaseSeconds) })
      .where('name', '=', name)
      .where('due_at', '<=', sql<Date>`now()`)
      .executeTakeFirst();
    return numUpdatedRows > 0n ? claim : null;
  }

  /** Renews the lease. False when it has expired and been taken over. */
  async renew(name: string, claim: string): Promise<boolean> {
    return this.move(name, claim, inSeconds(sweepPolicy.leaseSeconds));
  }

  /** Ends the lease; the next run is due in `seconds`, with jitter. */
  async end(name: string, claim: string, seconds: number): Promise<void> {
    const { jitter } = sweepPolicy;
    await this.move(
      name,
      claim,
      sql<Date>`now() + ${seconds} * (1 - ${jitter}::float8 + 2 * ${jitter}::float8 * random()) * interval '1 second'`,
    );
  }

  private async move(name: string, claim: string, dueAt: ReturnType<typeof inSeconds>): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('sweeps')
      .set({ due_at: dueAt })
      .where('name', '=', name)
      .where('claim', '=', claim)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
