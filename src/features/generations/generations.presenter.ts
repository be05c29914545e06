import { Injectable } from '@nestjs/common';
import { mediaUrlSeconds } from '../../../config/policy/streams.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import type { Generation, GenerationStatus } from './generation.js';
import type { GenerationResponse, MediaResponse, WireStatus } from './generations.dto.js';

const wireStatus = (status: GenerationStatus): WireStatus =>
  status === 'submitting' ? 'processing' : status;

/** Field by field: what is not named here is not sent. Links to results are signed when they are shown. */
@Injectable()
export class GenerationsPresenter {
  constructor(private readonly storage: ObjectStorage) {}

  async present(generation: Generation): Promise<GenerationResponse> {
    const { status } = generation;
    return {
      id: generation.id,
      status: wireStatus(status),
      model_id: generation.modelId,
      prompt: generation.prompt,
      negative_prompt: generation.negativePrompt,
      parameters: { ...generation.parameters },
      progress: generation.progress,
      credits_cost: generation.creditsCost,
      created_at: generation.createdAt.toISOString(),
      finished_at: generation.finishedAt?.toISOString() ?? null,
      ...(generation.errorCode === null ? {} : { error: { code: generation.errorCode } }),
      ...(status === 'completed' ? { media: await this.media(generation) } : {}),
    };
  }

  private media(generation: Generation): Promise<MediaResponse[]> {
    return Promise.all(
      generation.media.map(async (media) => ({
        url: await this.storage.signedUrl(media.objectKey, mediaUrlSeconds),
        content_type: media.contentType,
        width: media.width,
        height: media.height,
        bytes: media.bytes,
      })),
    );
  }
}
