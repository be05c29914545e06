import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Database } from '../../../database/database.js';
import { isStatementFault } from '../../../errors/database-failure.js';
import { BatchedCalls } from '../../../tasks/batched-calls.js';
import { allowsExternalAi, type ExternalAiConsent } from '../../consents/external-ai.js';
import type { BudgetShare } from '../../usage/budgets/budget-shares.js';
import type { AnswerTokens, CallPurpose } from './ai-call.js';

export interface Reservation {
  readonly id: string;
  readonly purpose: CallPurpose;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly visitorId: string | null;
  readonly agentId: string | null;
  readonly provider: string;
  readonly model: string;
  /** Micro-dollars. */
  readonly reserved: number;
  /** Held of the person's balance; 0: the account is not touched. */
  readonly credits: number;
  /** What the person must allow; null where nothing leaves the service, or the payer has no account. */
  readonly consent: ExternalAiConsent | null;
  /** Milliseconds after which a call that nobody settled counts as lost. */
  readonly expiresMs: number;
  /** In the one order in which they are locked. */
  readonly sums: readonly BudgetShare[];
}

export interface CallResult {
  readonly id: string;
  /** Micro-dollars. */
  readonly cost: number;
  readonly tokens: AnswerTokens;
  readonly outcome: string;
  /** Whether something of the answer was shown: then the credits are kept, else they are given back. */
  readonly isShown: boolean;
  readonly firstTextMs: number | null;
  readonly totalMs: number;
}

type Given = Readonly<Record<string, unknown>>;

/** Calls of language models, reserved in one statement and settled in one: those that come together, together. */
@Injectable()
export class AiCallsRepository {
  private readonly reservations = this.batched((calls) => this.reserveAll(calls));
  private readonly settlements = this.batched((results) => this.settleAll(results));

  constructor(private readonly database: Database) {}

  /**
   * Null when it holds; else `ai_disabled`, `consent_missing`, `credits_insufficient`, `key_credits_exceeded`, or scope and period of the budget that
   * does not hold it. Then nothing is changed.
   */
  reserve(reservation: Reservation): Promise<string | null> {
    const call = {
      id: reservation.id,
      purpose: reservation.purpose,
      user_id: reservation.userId,
      key_id: reservation.keyId,
      visitor_id: reservation.visitorId,
      agent_id: reservation.agentId,
      provider: reservation.provider,
      model: reservation.model,
      reserved: reservation.reserved,
      credits: reservation.credits,
      consent: reservation.consent,
      expires_ms: reservation.expiresMs,
      sums: reservation.sums,
    };
    return this.reservations.make(call);
  }

  async allows(userId: string, consent: ExternalAiConsent): Promise<boolean> {
    const { rows } = await sql<{ allows: boolean }>`
      select ${allowsExternalAi(consent, sql`${userId}::uuid`)} as allows`.execute(this.database.query);
    return rows[0]?.allows === true;
  }

  /** False when it was settled before. */
  settle({ id, cost, tokens, outcome, isShown, firstTextMs, totalMs }: CallResult): Promise<boolean> {
    const { isEstimated, ...counts } = tokens;
    const result = {
      id,
      cost,
      ...counts,
      estimated: isEstimated,
      outcome,
      shown: isShown,
      first_text_ms: firstTextMs,
      total_ms: totalMs,
    };
    return this.settlements.make(result);
  }

  /** Settles a call that nobody settled in its time, at its reservation; its credits are given back. */
  settleLost(id: string): Promise<boolean> {
    return this.settlements.make({ id, estimated: true, outcome: 'lost' });
  }

  /** Calls whose time is over and that nobody settled, the oldest first. */
  async lost(atMost: number): Promise<readonly string[]> {
    const rows = await this.database.query
      .selectFrom('ai_calls')
      .select('id')
      .where('settled_at', 'is', null)
      .where('expires_at', '<', sql<Date>`now()`)
      .orderBy('expires_at')
      .limit(atMost)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Deletes the oldest settled calls beyond `days`; returns how many. */
  async purge(days: number, atMost: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('ai_calls')
      .where('id', 'in', (query) =>
        query
          .selectFrom('ai_calls')
          .select('id')
          .where('settled_at', '<', sql<Date>`now() - ${days}::integer * interval '1 day'`)
          .orderBy('settled_at')
          .limit(atMost),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  private batched<Answer>(
    run: (calls: readonly Given[]) => Promise<readonly Answer[]>,
  ): BatchedCalls<Given, Answer> {
    return new BatchedCalls({ atMost: modelCallPolicy.callsPerStatement, run, isOfACall: isStatementFault });
  }

  private async reserveAll(calls: readonly Given[]): Promise<readonly (string | null)[]> {
    const { rows } = await sql<{ refusals: (string | null)[] }>`
      select velro.reserve_ai_calls(${JSON.stringify(calls)}::jsonb) as refusals`.execute(
      this.database.query,
    );
    return rows[0]?.refusals ?? [];
  }

  private async settleAll(results: readonly Given[]): Promise<readonly boolean[]> {
    const { rows } = await sql<{ done: boolean[] }>`
      select velro.settle_ai_calls(${JSON.stringify(results)}::jsonb) as done`.execute(this.database.query);
    return rows[0]?.done ?? [];
  }
}
