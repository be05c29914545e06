import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { CONFIG, type Config } from '../../../config/config.js';
import { accountDeletionPolicy } from '../../../config/policy/privacy/deletion.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import { canonicalEmail } from '../../../config/values/email-address.js';
import { hmacSha256 } from '../../crypto/hash.js';
import { Database, type Transaction } from '../../database/database.js';

/** Addresses whose accounts had their first credits and are gone: keyed hashes alone, for a bounded time. */
@Injectable()
export class FirstCreditsRepository {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(
    @Inject(CONFIG) { pseudonymKey: { current, previous } }: Pick<Config, 'pseudonymKey'>,
    private readonly database: Database,
  ) {
    const label = 'credits/first';
    this.keys = [deriveKey(current, label), ...(previous === null ? [] : [deriveKey(previous, label)])];
  }

  async areSpent(tx: Transaction, email: string): Promise<boolean> {
    const hashes = this.keys.map((key) => hmacSha256(key, canonicalEmail(email)));
    const { rows } = await sql`
      select from velro.spent_first_credits where address = any(${hashes}::bytea[]) and until > now() limit 1`.execute(
      tx,
    );
    return rows.length > 0;
  }

  async noteSpent(tx: Transaction, email: string): Promise<void> {
    await sql`
      insert into velro.spent_first_credits (address, until)
      values (${hmacSha256(this.keys[0], canonicalEmail(email))},
        now() + ${accountDeletionPolicy.firstCreditsDays} * interval '1 day')
      on conflict (address) do update set until = excluded.until`.execute(tx);
  }

  /** Deletes at most `atMost` whose time is over; returns how many. */
  async purge(atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.spent_first_credits where address = any(array(
        select address from velro.spent_first_credits where until <= now() limit ${atMost}))`.execute(
      this.database.query,
    );
    return Number(numAffectedRows);
  }
}
