import { createHash } from 'node:crypto';
import {
  GenerationProvider,
  GenerationRefused,
  type GeneratedMedia,
  type GenerationRequest,
} from '../../ports/generation-provider.js';
import { CanvasStudio } from './canvas-studio.js';

const defaultSide = 1024;

/** The generation provider of the embedded default: pictures painted offline, and honestly named. */
export class CanvasProvider extends GenerationProvider {
  private readonly studio = new CanvasStudio();

  async generate(
    request: GenerationRequest,
    signal: AbortSignal,
    onProgress: (percent: number) => void,
  ): Promise<GeneratedMedia> {
    const { prompt, negativePrompt, parameters } = request;
    const [width, height] = [
      whole(parameters['width']) ?? defaultSide,
      whole(parameters['height']) ?? defaultSide,
    ];
    // Without a seed the id decides, so that a job done again paints the same picture.
    const seed =
      whole(parameters['seed']) ?? createHash('sha256').update(request.id).digest().readUInt32BE(0);
    try {
      const painted = await this.studio.paint(
        { prompt, negativePrompt, seed, width, height },
        { signal, onProgress },
      );
      return { bytes: painted.png, contentType: 'image/png', width: painted.width, height: painted.height };
    } catch (error) {
      if (error instanceof RangeError) throw new GenerationRefused('parameters_refused', error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.studio.close();
  }
}

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
