import { Injectable } from '@nestjs/common';
import { mediaUrlSeconds } from '../../../../config/policy/generations/streams.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import type { NewGeneration } from './acceptance.repository.js';
import type { Generation, GenerationStatus } from '../generation.js';
import type {
  GenerationResponse,
  GenerationStatsResponse,
  MediaResponse,
  MediaUrlResponse,
  WireStatus,
} from './generations.dto.js';
import type { GenerationCount } from './generations.repository.js';

const wireStatus = (status: GenerationStatus): WireStatus =>
  status === 'submitting' ? 'processing' : status;

/** Field by field: what is not named here is not sent. Links to results are signed when they are shown. */
@Injectable()
export class GenerationsPresenter {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  async present(generation: Generation): Promise<GenerationResponse> {
    const { status, queuePosition } = generation;
    return {
      ...order(generation),
      status: wireStatus(status),
      favorite: generation.favorite,
      progress: generation.progress,
      finished_at: generation.finishedAt?.toISOString() ?? null,
      ...(queuePosition === null ? {} : { queue_position: queuePosition }),
      ...(generation.errorCode === null ? {} : { error: { code: generation.errorCode } }),
      ...(status === 'completed' ? { media: await this.media(generation) } : {}),
    };
  }

  /** As it is accepted. */
  presentNew(generation: NewGeneration): GenerationResponse {
    return { ...order(generation), status: 'queued', favorite: false, progress: 0, finished_at: null };
  }

  async mediaUrls(generation: Generation, seconds: number): Promise<MediaUrlResponse[]> {
    const expiresAt = new Date(this.clock.now() + seconds * 1000).toISOString();
    const media = await this.media(generation, seconds);
    return media.map((one) => Object.assign(one, { expires_at: expiresAt }));
  }

  presentStats(counts: readonly GenerationCount[]): GenerationStatsResponse {
    const byStatus: Partial<Record<WireStatus, number>> = {};
    const byModel: Record<string, number> = {};
    for (const { status, modelId, count } of counts) {
      byStatus[wireStatus(status)] = (byStatus[wireStatus(status)] ?? 0) + count;
      byModel[modelId] = (byModel[modelId] ?? 0) + count;
    }
    return {
      total: counts.reduce((sum, { count }) => sum + count, 0),
      credits_spent: counts.reduce((sum, { creditsSpent }) => sum + creditsSpent, 0),
      by_status: byStatus,
      by_model: byModel,
    };
  }

  private media(generation: Generation, seconds = mediaUrlSeconds): Promise<MediaResponse[]> {
    return Promise.all(
      generation.media.map(async (media) => ({
        url: await this.storage.signedUrl(media.objectKey, seconds),
        content_type: media.contentType,
        width: media.width,
        height: media.height,
        bytes: media.bytes,
      })),
    );
  }
}

/** What was asked for, and at which price. */
const order = (generation: NewGeneration) => ({
  id: generation.id,
  kind: generation.kind,
  model_id: generation.modelId,
  prompt: generation.prompt,
  negative_prompt: generation.negativePrompt,
  parameters: { ...generation.parameters },
  project_id: generation.projectId,
  has_reference_image: generation.hasReference,
  credits_cost: generation.creditsCost,
  created_at: generation.createdAt.toISOString(),
});
