/** A generation as stored in the database. */
export interface Generation {
  readonly id: string;
  readonly userId: string;
  readonly status: GenerationStatus;
  readonly kind: MediaKind;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Parameters;
  readonly projectId: string | null;
  /** Null also when its reference image has been deleted. */
  readonly referenceFileId: string | null;
  readonly hasReference: boolean;
  readonly favorite: boolean;
  readonly progress: number;
  /** Jobs before it in the queue, here or at the provider; null where unknown. */
  readonly queuePosition: number | null;
  readonly errorCode: string | null;
  readonly creditsCost: number;
  /** Increases with every visible change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly media: readonly Media[];
}

export type Parameters = Readonly<Record<string, string | number | boolean>>;
export type MediaKind = 'image' | 'video';
export const generationStatuses = [
  'queued',
  'submitting',
  'processing',
  'completed',
  'failed',
  'cancelled',
] as const;
export type GenerationStatus = (typeof generationStatuses)[number];
export type FinalStatus = 'completed' | 'failed' | 'cancelled';

export interface Media {
  readonly objectKey: string;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
}

export const isFinished = (status: GenerationStatus): status is FinalStatus =>
  status === 'completed' || status === 'failed' || status === 'cancelled';
