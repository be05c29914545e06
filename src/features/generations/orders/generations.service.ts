import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import type { Model } from '../../../../config/policy/generations/model.js';
import { Problem, unavailable, type FieldFault } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { isNotBlank } from '../../../perimeter/input/is-not-blank.js';
import { Clock } from '../../../ports/clock.js';
import { Database } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { AiSwitch, aiDisabled } from '../../ai-switch/ai-switch.service.js';
import { insufficientCredits } from '../../credits/credits.service.js';
import type { IdempotencyLock } from '../../idempotency/idempotency.service.js';
import type { ReferenceSource } from '../../media/media-intake.js';
import { ModelsService } from '../../models/models.service.js';
import { StorageRemovals } from '../../storage/removal/storage-removals.js';
import { UsersService } from '../../users/users.service.js';
import { AcceptanceRepository, type NewGeneration, type StoredReference } from './acceptance.repository.js';
import { Dispatcher } from '../jobs/dispatcher.js';
import { isFinished, type Generation, type Parameters } from '../generation.js';
import { GenerationsPresenter } from './generations.presenter.js';
import type { GenerationResponse } from './generations.dto.js';
import {
  GenerationsRepository,
  type GenerationCount,
  type GenerationFilter,
} from './generations.repository.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { ReferenceImages } from './reference-images.js';
import { Settlement } from '../jobs/settlement.js';

export interface GenerationOrder {
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly projectId: string | null;
  readonly reference: ReferenceSource | null;
}

/** An order that was found good, with everything that it will cost. */
interface ReadyOrder {
  readonly model: Model;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Parameters;
  readonly projectId: string | null;
}

/** What a person may do with generations. Another person's id does not exist. */
@Injectable()
export class GenerationsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
    private readonly acceptance: AcceptanceRepository,
    private readonly jobs: JobsRepository,
    private readonly models: ModelsService,
    private readonly references: ReferenceImages,
    private readonly settlement: Settlement,
    private readonly removals: StorageRemovals,
    private readonly users: UsersService,
    private readonly dispatcher: Dispatcher,
    private readonly presenter: GenerationsPresenter,
    private readonly ai: AiSwitch,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Row, reserved credits, ledger and the answer under the key commit in one statement: an accepted generation is never
   * lost, never free, and never made twice by a request that names itself.
   * @throws Problem `model_unknown`, `validation_failed`, `credits_insufficient`, `project_unknown`, `ai_disabled`,
   * `storage_quota_exceeded`, `reference_refused`, `reference_too_large`, `reference_unreachable`
   */
  async accept(
    caller: Caller,
    order: GenerationOrder,
    claim: IdempotencyLock | null,
  ): Promise<GenerationResponse> {
    const ready = this.read(order);
    if (order.reference === null) return this.enter(caller, ready, null, null, claim);
    // Nothing is fetched and stored for an order that is refused anyway.
    const refusal = await this.refusal(caller, ready);
    if (refusal !== null) throw refusal;
    const reference = await this.references.store(caller, order.reference);
    try {
      return await this.enter(caller, ready, reference.fileId, reference, claim);
    } catch (error) {
      // Any other error may hide an acceptance whose answer was lost, and that one needs its image.
      if (error instanceof Problem) await this.references.discard(reference);
      throw error;
    }
  }

  /** The same order again, of a generation that came to nothing. @throws what `accept` does; Problem `not_found`, `generation_not_repeatable`, `reference_gone` */
  async retry(caller: Caller, id: string, claim: IdempotencyLock | null): Promise<GenerationResponse> {
    const failed = await this.get(caller, id);
    if (failed.status !== 'failed' && failed.status !== 'cancelled')
      throw new Problem('generation_not_repeatable');
    const { modelId, prompt, negativePrompt, parameters, projectId, referenceFileId } = failed;
    const model = this.models.require(modelId);
    if (failed.hasReference && referenceFileId === null) throw new Problem('reference_gone');
    const ready = { model, prompt, negativePrompt, projectId };
    return this.enter(
      caller,
      { ...ready, parameters: this.models.readParameters(model, parameters) },
      referenceFileId,
      null,
      claim,
    );
  }

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<Generation> {
    const generation = await this.generations.find(caller, id);
    if (generation === null) throw new Problem('not_found');
    return generation;
  }

  async list(
    caller: Caller,
    filter: GenerationFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ page: Generation[]; nextCursor: string | null }> {
    // One more than asked for tells whether there is a next page.
    const found = await this.generations.list(caller, filter, limit + 1, cursor);
    const page = found.slice(0, limit);
    return { page, nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** How many of everybody's are under way, as `generations_<status>`: for operators. */
  unfinished(): Promise<Readonly<Record<string, number>>> {
    return this.jobs.unfinished();
  }

  stats(caller: Caller): Promise<GenerationCount[]> {
    return this.generations.stats(caller);
  }

  /** @throws Problem `not_found` */
  async setFavorite(caller: Caller, id: string, favorite: boolean): Promise<Generation> {
    if (!(await this.generations.setFavorite(caller, id, favorite))) throw new Problem('not_found');
    return this.get(caller, id);
  }

  /**
   * What still waits here ends at once and is paid back; what the provider has is asked back, and ends as the provider
   * says. A cancelled one may be cancelled again. @throws Problem `not_found`, `generation_finished`
   */
  async cancel(caller: Caller, id: string): Promise<Generation> {
    const asked = await this.settlement.cancelFor(caller, id);
    const generation = await this.get(caller, id);
    if (!asked && generation.status !== 'cancelled') throw new Problem('generation_finished');
    this.dispatcher.wake();
    return generation;
  }

  /** @throws Problem `not_found`, `generation_running` */
  async remove(caller: Caller, id: string): Promise<void> {
    const removed = await this.database.transaction(async (tx) => {
      await this.users.lock(tx, caller.userId);
      const keys = await this.generations.remove(tx, caller, id);
      if (keys !== null) await this.removals.request(tx, id, keys);
      return keys !== null;
    });
    if (removed) return;
    if (isFinished((await this.get(caller, id)).status))
      throw unavailable(new Error('ended a moment ago'), 1);
    throw new Problem('generation_running');
  }

  private read(order: GenerationOrder): ReadyOrder {
    const model = this.models.require(order.modelId);
    const parameters = this.models.readParameters(model, order.parameters);
    const faults: FieldFault[] = [];
    const fault = (field: string, code: string, message: string): void => {
      faults.push({ field, code, message });
    };
    if (!isNotBlank(order.prompt)) fault('prompt', 'blank', 'prompt must say something');
    const negativePrompt = order.negativePrompt?.trim() === '' ? null : order.negativePrompt;
    if (negativePrompt !== null && !model.negativePrompt)
      fault('negative_prompt', 'unsupported', 'is not taken by this model');
    if (order.reference !== null && model.reference === null)
      fault('reference_image_url', 'unsupported', 'is not taken by this model');
    if (faults.length > 0) throw new Problem('validation_failed', { errors: faults });
    if (order.reference === null && model.reference?.required === true) throw missingReference();
    return { model, prompt: order.prompt, negativePrompt, parameters, projectId: order.projectId };
  }

  private async enter(
    caller: Caller,
    { model, prompt, negativePrompt, parameters, projectId }: ReadyOrder,
    referenceFileId: string | null,
    reference: StoredReference | null,
    claim: IdempotencyLock | null,
  ): Promise<GenerationResponse> {
    if (!this.ai.isAllowedHere) throw aiDisabled();
    const generation: NewGeneration = {
      id: this.random.timeOrderedUuid(),
      kind: model.kind,
      modelId: model.id,
      prompt,
      negativePrompt,
      parameters,
      projectId,
      referenceFileId,
      hasReference: referenceFileId !== null,
      creditsCost: model.creditsCost,
      createdAt: new Date(this.clock.now()),
    };
    const answer = this.presenter.presentNew(generation);
    const { quotaBytes } = this.config.uploads;
    if (await this.acceptance.accept(caller, { generation, reference, claim, answer, quotaBytes })) {
      this.dispatcher.wake();
      return answer;
    }
    const refusal = await this.refusal(caller, { model, projectId });
    if (refusal !== null) throw refusal;
    // What stood against it is gone, or the key was taken for dead and given to another request.
    throw unavailable(new Error('the acceptance lost a race'), 1);
  }

  /** What stands against an order; null: nothing. */
  private async refusal(
    caller: Caller,
    { model, projectId }: Pick<ReadyOrder, 'model' | 'projectId'>,
  ): Promise<Problem | null> {
    const standing = await this.acceptance.standing(caller, projectId);
    if (standing === null) return new Problem('not_found');
    if (!standing.aiEnabled || !this.ai.isAllowedHere) return aiDisabled();
    if (!standing.hasProject) return new Problem('project_unknown');
    if (standing.storageBytes >= this.config.uploads.quotaBytes) return new Problem('storage_quota_exceeded');
    if (standing.credits < model.creditsCost) return insufficientCredits(model.creditsCost, standing.credits);
    return null;
  }
}

const missingReference = (): Problem =>
  new Problem('validation_failed', {
    errors: [
      { field: 'reference_image_url', code: 'missing', message: 'this model needs a reference image' },
    ],
  });
