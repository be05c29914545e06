import type { Linked } from '../../storage/media-links.js';
import type { Generation, GenerationStatus, Media } from '../generation.js';
import type { NewGeneration } from './acceptance.repository.js';
import type {
  GenerationResponse,
  GenerationStatsResponse,
  MediaUrlResponse,
  WireStatus,
} from './generations.dto.js';
import type { GenerationCount } from './generations.repository.js';

const wireStatus = (status: GenerationStatus): WireStatus =>
  status === 'submitting' ? 'processing' : status;

/** Field by field: what is not named here is not sent. `media`: with links signed for this response. */
export function toGeneration(generation: Generation, media: readonly Linked<Media>[]): GenerationResponse {
  const { status, queuePosition } = generation;
  return {
    ...toOrder(generation),
    ...toTexts(generation),
    status: wireStatus(status),
    favorite: generation.favorite,
    progress: generation.progress,
    finished_at: generation.finishedAt?.toISOString() ?? null,
    ...(queuePosition === null ? {} : { queue_position: queuePosition }),
    ...(generation.errorCode === null ? {} : { error: { code: generation.errorCode } }),
    ...(status === 'completed' ? { media: media.map(toMedia) } : {}),
  };
}

/** A generation without what a person wrote in it, which is kept under no idempotency key. */
type Kept = Omit<GenerationResponse, 'prompt' | 'negative_prompt'>;

const toKept = (accepted: NewGeneration): Kept => ({
  ...toOrder(accepted),
  status: 'queued',
  favorite: false,
  progress: 0,
  finished_at: null,
});

/** The answer to an order from what was kept of it. */
export const toWhole = (kept: Kept, generation: Texts): GenerationResponse => ({
  ...kept,
  ...toTexts(generation),
});

/** How an accepted order is answered, and what of the answer is kept. */
export const accepting = {
  toKept,
  toAnswer: (accepted: NewGeneration) => toWhole(toKept(accepted), accepted),
};

export const toMediaUrl = (media: Linked<Media>): MediaUrlResponse => ({
  ...toMedia(media),
  expires_at: media.expiresAt.toISOString(),
});

export function toGenerationStats(counts: readonly GenerationCount[]): GenerationStatsResponse {
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

const toMedia = ({ url, contentType, width, height, bytes }: Linked<Media>) => ({
  url,
  content_type: contentType,
  width,
  height,
  bytes,
});

type Texts = Pick<Generation, 'prompt' | 'negativePrompt'>;
const toTexts = ({ prompt, negativePrompt }: Texts) => ({ prompt, negative_prompt: negativePrompt });

/** The fields of the order but its texts, and its cost in credits. */
const toOrder = (generation: NewGeneration) => ({
  id: generation.id,
  kind: generation.kind,
  model_id: generation.modelId,
  parameters: { ...generation.parameters },
  project_id: generation.projectId,
  has_reference_image: generation.hasReference,
  credits_cost: generation.creditsCost,
  created_at: generation.createdAt.toISOString(),
});
