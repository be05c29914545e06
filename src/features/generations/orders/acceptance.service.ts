import { Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { AiSwitch, aiDisabled } from '../../ai-switch/ai-switch.service.js';
import { insufficientCredits } from '../../credits/credits.service.js';
import type { IdempotencyLock } from '../../idempotency/idempotency.service.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { AcceptanceRepository, type NewGeneration, type StoredReference } from './acceptance.repository.js';
import { GenerationBudget } from './generation-budget.js';
import { GenerationDrafts } from './generation-drafts.js';
import { GenerationsService } from './generations.service.js';
import type { GenerationOrder, ValidOrder } from './order.js';
import { OrderValidator } from './order-validator.js';
import { ReferenceImages } from './reference-images.js';

/** Parts of a request for a generation besides the order. */
export interface AcceptanceRequest<T> {
  /** Null for a request without an idempotency key. */
  readonly lock: IdempotencyLock | null;
  readonly toAnswer: (generation: NewGeneration) => T;
  /** What of the answer is stored under the key, in the same statement as the effect. */
  readonly toKept: (generation: NewGeneration) => unknown;
}

/** The reference image of a generation: newly stored, or an earlier one that is reused. */
interface Reference {
  readonly fileId: string | null;
  readonly stored: StoredReference | null;
}

const noReference: Reference = { fileId: null, stored: null };

/** Accepts orders of generations: credits reserved and stored, or refused. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly acceptance: AcceptanceRepository,
    private readonly orders: OrderValidator,
    private readonly references: ReferenceImages,
    private readonly generations: GenerationsService,
    private readonly work: WorkHints,
    private readonly ai: AiSwitch,
    private readonly drafts: GenerationDrafts,
    private readonly budget: GenerationBudget,
  ) {}

  /**
   * Row, reserved credits, ledger and the answer under the key commit in one statement: an accepted generation is never
   * lost, never free, and never duplicated by a request with an idempotency key.
   * @throws Problem `model_unknown`, `model_not_allowed`, `validation_failed`, `credits_insufficient`, `project_unknown`,
   * `ai_disabled`, `consent_missing`, `budget_exceeded`, `key_credits_exceeded`, `storage_quota_exceeded`, `file_infected`, `reference_refused`, `reference_too_large`, `reference_unreachable`
   */
  async accept<T>(caller: Caller, order: GenerationOrder, request: AcceptanceRequest<T>): Promise<T> {
    const valid = this.orders.validate(caller, order);
    if (order.reference === null) return this.enter(caller, valid, noReference, request);
    // Before anything is fetched and stored for an order that would be refused.
    const refusal = await this.refusal(caller, valid);
    if (refusal !== null) throw refusal;
    const stored = await this.references.store(caller, order.reference);
    try {
      return await this.enter(caller, valid, { fileId: stored.fileId, stored }, request);
    } catch (error) {
      // After any other error the acceptance may have committed, and would need its image.
      if (error instanceof Problem) await this.references.discard(stored);
      throw error;
    }
  }

  /**
   * Repeats the order of a failed or cancelled generation.
   * @throws what `accept` does; Problem `not_found`, `generation_not_repeatable`, `reference_gone`
   */
  async retry<T>(caller: Caller, id: string, request: AcceptanceRequest<T>): Promise<T> {
    const failed = await this.generations.get(caller, id);
    const valid = this.orders.revalidate(caller, failed);
    return this.enter(caller, valid, { fileId: failed.referenceFileId, stored: null }, request);
  }

  private async enter<T>(
    caller: Caller,
    order: ValidOrder,
    { fileId, stored }: Reference,
    { lock, toAnswer, toKept }: AcceptanceRequest<T>,
  ): Promise<T> {
    if (!this.ai.isAllowedHere) throw aiDisabled();
    const { generation, hold } = this.drafts.of(caller, order, fileId);
    const answer = toAnswer(generation);
    const acceptance = { generation, reference: stored, lock, kept: toKept(generation), hold };
    const outcome = await this.acceptance.accept(caller, acceptance);
    if (outcome === 'accepted') {
      this.work.tell('generations');
      return answer;
    }
    if (outcome === 'key_credits_exceeded') throw new Problem('key_credits_exceeded');
    if (outcome !== 'refused') throw this.budget.exceeded(outcome.budget.scope, outcome.budget.period);
    const refusal = await this.refusal(caller, order);
    if (refusal !== null) throw refusal;
    // The failed condition holds again, or the claim expired and another request has taken the key.
    throw unavailable(new Error('the acceptance lost a race'), 1);
  }

  /** The reason to refuse an order; null for none. */
  private async refusal(
    caller: Caller,
    { model, projectId }: Pick<ValidOrder, 'model' | 'projectId'>,
  ): Promise<Problem | null> {
    const standing = await this.acceptance.standing(caller, projectId);
    if (standing === null) return new Problem('not_found');
    if (!standing.aiEnabled || !this.ai.isAllowedHere) return aiDisabled();
    if (!standing.hasConsent) return new Problem('consent_missing');
    if (!standing.hasProject) return new Problem('project_unknown');
    if (!standing.hasStorage) return new Problem('storage_quota_exceeded');
    if (standing.credits < model.creditsCost) return insufficientCredits(model.creditsCost, standing.credits);
    return null;
  }
}
