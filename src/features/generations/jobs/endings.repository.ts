import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import type { Caller } from '../../../guards/route/caller.js';
import { Database, type Transaction } from '../../../database/database.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';
import type { FinalStatus, GenerationStatus } from '../generation.js';

/** The owner of an ended generation, and what comes of its end. */
export interface Ended {
  readonly userId: string;
  readonly creditsCost: number;
  /** How many webhooks were stored with its end. */
  readonly webhooks: number;
}

/** Final states of generations, each set once and with its webhook: a statement updates only unfinished ones. */
@Injectable()
export class EndingsRepository {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
    private readonly work: WorkHints,
  ) {}

  /** Sets a final state. Null when there is one already. */
  async finish(
    tx: Transaction,
    id: string,
    status: FinalStatus,
    errorCode: string | null,
  ): Promise<Ended | null> {
    const row = await tx
      .updateTable('generations')
      .set({
        status,
        error_code: errorCode,
        queue_position: null,
        finished_at: sql<Date>`now()`,
        ...(status === 'completed' ? { progress: 100 } : {}),
      })
      .where('id', '=', id)
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .returning(['user_id', 'credits_cost', this.ended(id, status).as('webhooks')])
      .executeTakeFirst();
    return row === undefined ? null : endedOf(row);
  }

  /**
   * Requests a cancellation by the owner. A queued generation is cancelled at once; for a submitted one, the provider
   * is asked to cancel. Returns the present state, or null when the caller has no unfinished generation of this id.
   */
  async requestCancel(
    tx: Transaction,
    caller: Pick<Caller, 'userId'>,
    id: string,
  ): Promise<(Ended & { readonly now: GenerationStatus }) | null> {
    const row = await tx
      .updateTable('generations')
      .set({
        cancel_requested_at: sql<Date>`coalesce(cancel_requested_at, now())`,
        finished_at: sql<Date | null>`case when status = 'queued' then now() end`,
        due_at: sql<Date>`case when status = 'submitting' and provider_reference is null then due_at else now() end`,
        status: sql<GenerationStatus>`case when status = 'queued' then 'cancelled' else status end`,
      })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .returning([
        'user_id',
        'credits_cost',
        'status',
        sql<number>`case when status = 'cancelled' then ${this.ended(id, 'cancelled')} else 0 end`.as(
          'webhooks',
        ),
      ])
      .executeTakeFirst();
    if (row === undefined) return null;
    return { ...endedOf(row), now: row.status };
  }

  /** The ids of at most `atMost` unfinished generations of an account. */
  async unfinishedOf(userId: string, atMost: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('generations')
      .select('id')
      .where('user_id', '=', userId)
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .limit(atMost)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** What was stored with this end is committed. */
  announce({ webhooks }: Pick<Ended, 'webhooks'>): void {
    if (webhooks > 0) this.work.tell('webhooks');
  }

  private ended(id: string, status: FinalStatus): RawBuilder<number> {
    const event = { type: `generation.${status}`, objectId: id, status, path: `/generations/${id}` } as const;
    return this.webhooks.ofAccount(sql.ref<string>('user_id'), event);
  }
}

const endedOf = (row: { user_id: string; credits_cost: number; webhooks: number }): Ended => ({
  userId: row.user_id,
  creditsCost: row.credits_cost,
  webhooks: row.webhooks,
});
