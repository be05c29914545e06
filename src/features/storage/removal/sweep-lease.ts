import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { sweepPolicy } from '../../../../config/policy/generations/storage.js';
import { Database } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';

const inSeconds = (count: number) => sql<Date>`now() + ${count} * interval '1 second'`;

/**
 * Whose turn it is, by a lease in the database. An advisory lock would be held by a transaction that stands idle for as
 * long as the storage takes, and a timer would begin anew with every deployment.
 */
@Injectable()
export class SweepLease {
  constructor(
    private readonly database: Database,
    private readonly random: Random,
  ) {}

  /** Takes the turn if it is due, and returns the claim to it. Null when it is not, or when another has it. */
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

  /** Says that whoever has the turn lives. False when they were taken for dead. */
  async renew(name: string, claim: string): Promise<boolean> {
    return this.move(name, claim, inSeconds(sweepPolicy.leaseSeconds));
  }

  /** The next turn is due in so many seconds, or a little earlier or later. */
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
