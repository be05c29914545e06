export interface GenerationRequest {
  readonly id: string;
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface GeneratedMedia {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Who paints. */
export abstract class GenerationProvider {
  /**
   * Paints one picture; `onProgress` gets whole percents that never fall.
   * @throws GenerationRefused when trying again would not help; anything else is worth a retry
   */
  abstract generate(
    request: GenerationRequest,
    signal: AbortSignal,
    onProgress: (percent: number) => void,
  ): Promise<GeneratedMedia>;
}

/** The provider will not do this, now or later. `code` is one of the fixed codes that users see. */
export class GenerationRefused extends Error {
  override readonly name = 'GenerationRefused';

  constructor(
    readonly code: string,
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}
