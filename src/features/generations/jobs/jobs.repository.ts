import { Inject, Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { Database } from '../../../database/database.js';
import { Announcements, channels } from '../../../ports/notifications.js';
import { allowsExternalAi, externalAiConsentOf, type ExternalAiConsent } from '../../consents/external-ai.js';
import { guardedSwitch } from '../../ai-switch/guarded-switch.js';
import { toJob, type JobRow } from './job-rows.js';
import type { Job } from './job.js';

const seconds = (count: number): RawBuilder<unknown> => sql`${count} * interval '1 second'`;
const inSeconds = (count: number) => sql<Date>`now() + ${seconds(count)}`;
const lease = generationPolicy.leaseSeconds;

/** In RETURNING: whether the statement changed what is shown. The inner query reads the row as it was before. */
const isNewVersion = sql<boolean>`generations.version > (select was.version from velro.generations was where was.id = generations.id)`;

/**
 * The rows of generations as a queue. Every statement is conditional on the state it moves from: a late or repeated
 * one, or one from an instance whose lease has expired, changes nothing. What whoever watches a generation sees is announced.
 */
@Injectable()
export class JobsRepository {
  private readonly consent: ExternalAiConsent | null;

  constructor(
    private readonly database: Database,
    private readonly announcements: Announcements,
    @Inject(CONFIG) { generation, privacy }: Pick<Config, 'generation' | 'privacy'>,
  ) {
    this.consent = externalAiConsentOf(generation.provider !== 'canvas', privacy.requireAiConsent);
  }

  /**
   * Claims queued jobs and marks them as `submitting` before the call goes out. The kill switch is read in the same
   * statement. Jobs past their queue deadline are left to `takeDue`.
   */
  async takeQueued(limit: number): Promise<Job[]> {
    const { rows } = await sql<JobRow>`
      with ${guardedSwitch}
      update velro.generations g
      set status = 'submitting', attempts = attempts + 1, submitted_at = now(), due_at = now() + ${seconds(lease)}
      where id in (
        select id from velro.generations
        where status = 'queued' and due_at <= now() and deadline_at > now() and (select enabled from switch)
        order by due_at, id limit ${limit} for update skip locked)
      returning g.*, now() as read_at`.execute(this.database.query);
    for (const { id } of rows) this.announce(id);
    return rows.map(toJob);
  }

  /** A generation has changed, and that is committed. */
  announce(id: string): void {
    this.announcements.announce(channels.generations, id);
  }

  /** Whether what the owner wrote may go to the provider. */
  async hasConsent(userId: string): Promise<boolean> {
    const { rows } = await sql<{ allows: boolean }>`
      select ${allowsExternalAi(this.consent, sql`${userId}::uuid`)} as allows`.execute(this.database.query);
    return rows[0]?.allows === true;
  }

  /**
   * Claims due jobs: at the provider, submitted with unknown outcome, or queued past their deadline. Two subqueries,
   * each on its own index, so that other queued jobs are not read.
   */
  async takeDue(limit: number): Promise<Job[]> {
    const { rows } = await sql<JobRow>`
      with held as (
        select id, due_at from velro.generations where status in ('submitting', 'processing') and due_at <= now()
        order by due_at limit ${limit} for update skip locked
      ), overdue as (
        select id, due_at from velro.generations where status = 'queued' and deadline_at <= now() and due_at <= now()
        order by deadline_at limit ${limit} for update skip locked
      )
      update velro.generations g set due_at = now() + ${seconds(lease)}
      where id in (
        select id from (select * from held union all select * from overdue) due order by due_at limit ${limit})
      returning g.*, now() as read_at`.execute(this.database.query);
    return rows.map(toJob);
  }

  /** Renews the leases of jobs that are being worked on. */
  async renew(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query
      .updateTable('generations')
      .set({ due_at: inSeconds(lease) })
      .where('id', 'in', [...ids])
      .where('status', 'in', ['submitting', 'processing'])
      .execute();
  }

  /** The provider has accepted the job. A reference that a callback set first is kept. */
  async submitted(
    id: string,
    reference: string,
    deadlineSeconds: number,
    lookSeconds: number,
  ): Promise<void> {
    const rows = await this.database.query
      .updateTable('generations')
      .set({
        status: 'processing',
        provider_reference: sql<string>`coalesce(provider_reference, ${reference})`,
        reference_answered: sql<boolean>`coalesce(provider_reference, ${reference}) = ${reference}`,
        failures: 0,
        deadline_at: inSeconds(deadlineSeconds),
        due_at: sql<Date>`case when cancel_requested_at is null and status = 'submitting' then ${inSeconds(lookSeconds)} else now() end`,
      })
      .where('id', '=', id)
      .where('status', 'in', ['submitting', 'processing'])
      .returning(isNewVersion.as('is_new'))
      .execute();
    if (rows.some(({ is_new }) => is_new)) this.announce(id);
  }

  /** The outcome of the submit is unknown: only a callback can resolve it, until the deadline. */
  async unknown(id: string, deadlineSeconds: number): Promise<void> {
    const deadline = sql<Date>`submitted_at + ${seconds(deadlineSeconds)}`;
    await this.database.query
      .updateTable('generations')
      .set({ deadline_at: deadline, due_at: deadline })
      .where('id', '=', id)
      .where('status', '=', 'submitting')
      .where('provider_reference', 'is', null)
      .execute();
  }

  /**
   * Queues a job again that was certainly not accepted, or that the provider has lost. `attempts` guards against a late
   * or repeated call, which would submit a job twice. True when a cancellation was requested meanwhile.
   */
  async requeue(
    { id, attempts, status }: Pick<Job, 'id' | 'attempts' | 'status'>,
    delaySeconds: number,
  ): Promise<boolean> {
    const row = await this.database.query
      .updateTable('generations')
      .set({
        status: 'queued',
        provider_reference: null,
        reference_answered: false,
        queue_position: null,
        due_at: inSeconds(delaySeconds),
        // Lost at the provider: it gets the queue deadline of a new generation.
        ...(status === 'processing' ? { deadline_at: inSeconds(generationPolicy.queueSeconds) } : {}),
      })
      .where('id', '=', id)
      .where('status', '=', status)
      .where('attempts', '=', attempts)
      .returning('cancel_requested_at')
      .executeTakeFirst();
    if (row !== undefined) this.announce(id);
    return row !== undefined && row.cancel_requested_at !== null;
  }

  /** Stores progress in per cent, which never decreases, and the queue position. */
  async note(id: string, progress: number, queuePosition: number | null, lookSeconds: number): Promise<void> {
    const rows = await this.database.query
      .updateTable('generations')
      .set({
        progress: sql<number>`greatest(progress, ${progress})`,
        queue_position: queuePosition,
        failures: 0,
        due_at: inSeconds(lookSeconds),
      })
      .where('id', '=', id)
      .where('status', '=', 'processing')
      .returning(isNewVersion.as('is_new'))
      .execute();
    if (rows.some(({ is_new }) => is_new)) this.announce(id);
  }

  /** Polling, fetching or storing failed: counts the failure and delays the next attempt. */
  async postpone(id: string, delaySeconds: number): Promise<void> {
    await this.database.query
      .updateTable('generations')
      .set({ failures: sql<number>`least(failures + 1, 1000)`, due_at: inSeconds(delaySeconds) })
      .where('id', '=', id)
      .where('status', 'in', ['submitting', 'processing'])
      .execute();
  }

  /** Makes a job due after a hint of the provider. */
  async hint(reference: string): Promise<void> {
    await this.database.query
      .updateTable('generations')
      .set({ due_at: sql<Date>`now()` })
      .where('provider_reference', '=', reference)
      .where('status', '=', 'processing')
      .execute();
  }

  /** Number of unfinished generations by state, as `generations_<status>`. */
  async unfinished(): Promise<Readonly<Record<string, number>>> {
    const rows = await this.database.query
      .selectFrom('generations')
      .select(({ fn }) => ['status', fn.countAll<string>().as('count')])
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .groupBy('status')
      .execute();
    const none = { generations_queued: 0, generations_submitting: 0, generations_processing: 0 };
    return {
      ...none,
      ...Object.fromEntries(rows.map(({ status, count }) => [`generations_${status}`, Number(count)])),
    };
  }

  /** The object key of a job's reference image; null when it is gone. */
  async referenceKey(fileId: string): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('files')
      .select('object_key')
      .where('id', '=', fileId)
      .executeTakeFirst();
    return row?.object_key ?? null;
  }
}
