import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { isConnectTimeout, isReadTimeout } from '../../errors/database-failure.js';
import { aiSwitchPolicy } from '../../../config/policy/generations/ai-switch.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';
import { Database, DatabaseBusy, type Transaction } from '../../database/database.js';

export interface StoredSwitch {
  readonly enabled: boolean;
  readonly changedAt: Date;
}

/** The statement or the driver gave up waiting, or another operator holds the connection, or it was not opened in time. */
const isTimeout = (error: unknown): boolean =>
  error instanceof DatabaseBusy ||
  isReadTimeout(error) ||
  isConnectTimeout(error) ||
  (error instanceof Error && (error as { code?: unknown }).code === '57014');

/** The stored kill switch: a single row. */
@Injectable()
export class AiSwitchRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<StoredSwitch> {
    const row = await this.database.query
      .selectFrom('ai_switch')
      .select(['enabled', 'changed_at'])
      .executeTakeFirst();
    // The row is never deleted; if it is missing, the switch counts as off.
    return { enabled: row?.enabled ?? false, changedAt: row?.changed_at ?? new Date(0) };
  }

  /**
   * Sets the switch and returns its previous value. Waits for the statements that passed the gate before, and is overtaken by
   * none that comes later. On a connection of its own: it is set most urgently while the others are all in use. `entryOf`: the entry of the
   * audit log, appended where the value changes; it asks for no other connection.
   */
  async set(enabled: boolean, entryOf: (tx: Transaction) => Promise<AppendedEntry>): Promise<boolean> {
    /** What each try found: the commit of one may have been carried out although its answer did not come. */
    const found: boolean[] = [];
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.reserved(async (tx) => {
          const previous = await this.update(tx, enabled, await entryOf(tx));
          found.push(previous);
          return found[0] ?? previous;
        });
      } catch (error) {
        if (!isTimeout(error) || tries === aiSwitchPolicy.turnTries) throw error;
      }
    }
  }

  private async update(tx: Transaction, enabled: boolean, audited: AppendedEntry): Promise<boolean> {
    await sql`lock table velro.ai_gate in exclusive mode`.execute(tx);
    const { rows } = await sql<{ previous: boolean }>`
      with before as (select singleton, enabled from velro.ai_switch for update)
      update velro.ai_switch s
      set enabled = ${enabled}, changed_at = case when before.enabled = ${enabled} then s.changed_at else now() end
      from before where before.singleton = s.singleton
      returning before.enabled as previous, case when before.enabled <> ${enabled} then ${audited.expression} end`.execute(
      tx,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the switch has no row');
    return row.previous;
  }
}
