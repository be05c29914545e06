/** A generation as the database holds it. */
export interface Generation {
  readonly id: string;
  readonly userId: string;
  readonly status: GenerationStatus;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly progress: number;
  readonly errorCode: string | null;
  readonly creditsCost: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly media: readonly Media[];
}

export type GenerationStatus = 'queued' | 'submitting' | 'processing' | 'completed' | 'failed' | 'cancelled';

export interface Media {
  readonly objectKey: string;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
}

export const isFinished = (status: GenerationStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';
