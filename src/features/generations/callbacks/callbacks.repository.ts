import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { Database } from '../../../database/database.js';
import { sha256 } from '../../../crypto/hash.js';
import { Announcements, channels } from '../../../ports/notifications.js';

export interface Callback {
  readonly jobId: string;
  readonly requestId: string;
  /** Our account at the provider, as the callback states it. */
  readonly account: string;
  readonly signatureHash: Buffer;
}

/**
 * `due`: the job is due for polling now. `ignored`: a replay, or the job has ended. `mismatch`: the callback is about
 * another job of the provider or another account.
 */
export type CallbackOutcome = 'due' | 'ignored' | 'mismatch';

/** Received callbacks, stored against replay, and their effect on jobs. */
@Injectable()
export class CallbacksRepository {
  private readonly keyHash: Buffer;

  constructor(
    private readonly database: Database,
    private readonly announcements: Announcements,
    @Inject(CONFIG) { generation }: Config,
  ) {
    const key = generation.provider === 'fal' ? generation.key.reveal() : '';
    this.keyHash = sha256(`provider account\n${key}`);
  }

  /**
   * One statement: stores the signature against replay, makes the job due, and sets its provider reference where the
   * submit's response was lost. Our account is learned from a callback about a job whose reference came from the
   * submit's response; once known, no call of another account is accepted. A job that ended without a reference ignores
   * late callbacks.
   */
  async record({ jobId, requestId, account, signatureHash }: Callback): Promise<CallbackOutcome> {
    const { rows } = await sql<{ seen: boolean; woken: boolean; foreign_call: boolean }>`
      with job as (
        select id, status, provider_reference, reference_answered from velro.generations where id = ${jobId}::uuid
      ), known as (
        select coalesce((select user_id from velro.provider_account where key_hash = ${this.keyHash}), ${account}) = ${account} as ours
      ), fresh as (
        insert into velro.provider_callbacks (signature_hash) values (${signatureHash})
        on conflict do nothing returning 1
      ), woken as (
        update velro.generations g
        set due_at = now(), status = 'processing', provider_reference = ${requestId}
        where g.id = ${jobId}::uuid and g.status in ('submitting', 'processing') and exists (select from fresh)
          and (select ours from known)
          and (g.provider_reference = ${requestId} or (g.provider_reference is null and g.status = 'submitting'))
        returning 1
      ), learned as (
        insert into velro.provider_account (key_hash, user_id)
        select ${this.keyHash}, ${account} from job
        where provider_reference = ${requestId} and reference_answered and exists (select from fresh)
        on conflict do nothing
      )
      select not exists (select from fresh) as seen, exists (select from woken) as woken,
        not (select ours from known) or exists (select from job where provider_reference <> ${requestId}
          or (provider_reference is null and status in ('queued', 'submitting', 'processing'))) as foreign_call`.execute(
      this.database.query,
    );
    const [row] = rows;
    if (row?.woken !== true) return row?.seen === false && row.foreign_call ? 'mismatch' : 'ignored';
    this.announcements.announce(channels.generations, jobId);
    return 'due';
  }

  /** Deletes a batch of signatures that can no longer be replayed; returns how many. */
  async purge(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('provider_callbacks')
      .where('signature_hash', 'in', (query) =>
        query
          .selectFrom('provider_callbacks')
          .select('signature_hash')
          .where(
            'received_at',
            '<',
            sql<Date>`now() - ${callbackPolicy.rememberedSeconds} * interval '1 second'`,
          )
          .limit(callbackPolicy.purgeBatch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
