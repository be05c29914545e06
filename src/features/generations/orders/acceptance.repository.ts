import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { currentTraceparent } from '../../../observability/tracing/spans.js';
import type { Caller } from '../../../guards/route/caller.js';
import { Database } from '../../../database/database.js';
import type { IdempotencyLock } from '../../idempotency/idempotency.service.js';
import { allowsExternalAi, externalAiConsentOf, type ExternalAiConsent } from '../../consents/external-ai.js';
import { guardedSwitch } from '../../ai-switch/guarded-switch.js';
import type { Generation } from '../generation.js';
import type { GenerationHold } from './generation-budget.js';
import { CONFIG, type Config } from '../../../../config/config.js';

export interface StoredReference {
  readonly fileId: string;
  readonly objectKey: string;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly sha256: Buffer;
}

export type NewGeneration = Pick<
  Generation,
  | 'id'
  | 'kind'
  | 'modelId'
  | 'prompt'
  | 'negativePrompt'
  | 'parameters'
  | 'projectId'
  | 'referenceFileId'
  | 'hasReference'
  | 'creditsCost'
  | 'createdAt'
>;

export interface Acceptance {
  readonly generation: NewGeneration;
  /** A reference image stored for this generation; null without one, or when an earlier one is reused. */
  readonly reference: StoredReference | null;
  readonly lock: IdempotencyLock | null;
  readonly hold: GenerationHold;
  /** What repeated requests with the same idempotency key are answered from. */
  readonly kept: unknown;
}

/** The conditions of an acceptance, read after one was refused. */
export interface Standing {
  readonly aiEnabled: boolean;
  readonly credits: number;
  /** Whether there is room for one more file. */
  readonly hasStorage: boolean;
  readonly hasProject: boolean;
  /** Whether what the person wrote may go to the provider. */
  readonly hasConsent: boolean;
}

/** `refused`: a condition failed, and `standing` tells which. `budget`: what does not hold it. In any case but the first nothing was written. */
export type AcceptanceOutcome =
  | 'accepted'
  | 'refused'
  | 'key_credits_exceeded'
  | { readonly budget: { readonly scope: string; readonly period: string } };

/** Error codes of PostgreSQL, and of velro.hold_sums and velro.hold_key_credits. */
const [foreignKeyViolation, budgetExceeded, keyCreditsExceeded] = ['23503', 'VB001', 'VB002'];

/**
 * One statement: reserved credits, their ledger entry, the generation and the answer under its key, or nothing. It
 * passes the gate of the kill switch: switching off waits for it, and later statements see the new value.
 */
@Injectable()
export class AcceptanceRepository {
  /** Storage quota of one account in bytes. */
  private readonly quotaBytes: number;
  private readonly consent: ExternalAiConsent | null;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) { uploads, generation, privacy }: Pick<Config, 'uploads' | 'generation' | 'privacy'>,
  ) {
    this.quotaBytes = uploads.quotaBytes;
    this.consent = externalAiConsentOf(generation.provider !== 'canvas', privacy.requireAiConsent);
  }

  async accept(caller: Caller, acceptance: Acceptance): Promise<AcceptanceOutcome> {
    try {
      return (await this.enter(caller, acceptance)) ? 'accepted' : 'refused';
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message: string };
      // The project or the reference image was deleted concurrently.
      if (code === foreignKeyViolation) return 'refused';
      if (code === keyCreditsExceeded) return 'key_credits_exceeded';
      if (code !== budgetExceeded) throw error;
      const [scope = '', period = ''] = message.split(' ');
      return { budget: { scope, period } };
    }
  }

  private async enter(caller: Caller, acceptance: Acceptance): Promise<boolean> {
    const { generation: g, reference, lock, kept, hold } = acceptance;
    const cost = g.creditsCost;
    // Locked first: a claim that another request has taken over accepts nothing.
    const held = sql`select 1 from velro.idempotency_keys where user_id = ${caller.userId} and key = ${lock?.key ?? null}
      and claim = ${lock?.claim ?? null}::uuid and answer is null for update`;
    const settled = sql`update velro.idempotency_keys k set answer = ${JSON.stringify(kept)}::jsonb
      from account where k.user_id = account.id and k.key = ${lock?.key ?? null} and k.claim = ${lock?.claim ?? null}::uuid`;
    const filed = sql`insert into velro.files
      (id, user_id, kind, object_key, content_type, width, height, bytes, sha256, expires_at)
      select ${reference?.fileId ?? null}::uuid, account.id, 'reference', ${reference?.objectKey ?? null},
        ${reference?.contentType ?? null}, ${reference?.width ?? null}::int, ${reference?.height ?? null}::int,
        ${reference?.bytes ?? null}::bigint, ${reference?.sha256 ?? null}::bytea,
        now() + ${generationPolicy.referenceDays} * interval '1 day' from account`;
    // Raise what undoes the statement. One's own rows come before those of all people, as everywhere.
    const isKeyHeld = hold.keyId !== null && cost > 0;
    const heldCredits = sql`(select velro.hold_key_credits(${hold.keyId}::uuid, ${hold.month}, ${cost}::bigint) from account)`;
    const heldSums = sql`(select velro.hold_sums(${JSON.stringify(hold.sums)}::jsonb, ${hold.cost}::bigint) from account)`;
    const { rows } = await sql<{ accepted: boolean }>`
      with ${guardedSwitch},
      ${lock === null ? sql`` : sql`held as (${held}),`} account as (
        update velro.users u
        set credits_balance = credits_balance - ${cost}, credits_reserved = credits_reserved + ${cost}
        where id = ${caller.userId} and credits_balance >= ${cost} and storage_bytes < ${this.quotaBytes}
          and (select enabled from switch) and ${allowsExternalAi(this.consent, sql`u.id`)}
          ${lock === null ? sql`` : sql`and exists (select from held)`}
          and (${g.projectId}::uuid is null
            or exists (select from velro.projects p where p.id = ${g.projectId}::uuid and p.user_id = u.id and p.deleted_at is null))
        returning id
      ), ${lock === null ? sql`` : sql`settled as (${settled}),`}
      ${reference === null ? sql`` : sql`filed as (${filed}),`}
      entered as (
        insert into velro.credit_entries (user_id, generation_id, kind, balance_change, reserved_change)
        select id, ${g.id}::uuid, 'reserve', ${-cost}::bigint, ${cost}::bigint from account
      ), made as (
        insert into velro.generations
          (id, user_id, kind, model_id, prompt, negative_prompt, parameters, project_id, reference_file_id, has_reference,
           credits_cost, created_at, deadline_at, key_id, cost_microusd, sum_scopes, sum_periods, trace_parent)
        select ${g.id}::uuid, id, ${g.kind}, ${g.modelId}, ${g.prompt}, ${g.negativePrompt},
          ${JSON.stringify(g.parameters)}::jsonb, ${g.projectId}::uuid, ${g.referenceFileId}::uuid, ${g.hasReference}, ${cost}::int,
          ${g.createdAt}::timestamptz, now() + ${generationPolicy.queueSeconds} * interval '1 second',
          ${hold.keyId}::uuid, ${hold.cost}::bigint, ${hold.sums.map(({ scope }) => scope)}::text[],
          ${hold.sums.map(({ period }) => period)}::text[], ${currentTraceparent()}
        from account
      )
      select exists (select from account) as accepted
        ${isKeyHeld ? sql`, ${heldCredits}` : sql``} ${hold.sums.length === 0 ? sql`` : sql`, ${heldSums}`}`.execute(
      this.database.query,
    );
    return rows[0]?.accepted === true;
  }

  /** The present conditions of an acceptance. Null when there is no such account. */
  async standing(caller: Caller, projectId: string | null): Promise<Standing | null> {
    const { rows } = await sql<{
      ai_enabled: boolean | null;
      credits_balance: string;
      storage_bytes: string;
      has_project: boolean;
      has_consent: boolean;
    }>`
      select (select enabled from velro.ai_switch) as ai_enabled, credits_balance, storage_bytes,
        ${projectId}::uuid is null
          or exists (select from velro.projects p where p.id = ${projectId}::uuid and p.user_id = u.id
            and p.deleted_at is null) as has_project,
        ${allowsExternalAi(this.consent, sql`u.id`)} as has_consent
      from velro.users u where id = ${caller.userId}`.execute(this.database.query);
    const [row] = rows;
    if (row === undefined) return null;
    return {
      aiEnabled: row.ai_enabled === true,
      credits: Number(row.credits_balance),
      hasStorage: Number(row.storage_bytes) < this.quotaBytes,
      hasProject: row.has_project,
      hasConsent: row.has_consent,
    };
  }
}
