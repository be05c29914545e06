import { GenerationProvider, GenerationRefused, type GeneratedMedia } from '../ports/generation-provider.js';

/**
 * Stands where no model of the configured provider is in the catalogue yet. The catalogue refuses every order before
 * it costs anything; a job that comes from elsewhere is refused here, and its credits go back.
 */
export class UnservedProvider extends GenerationProvider {
  generate(): Promise<GeneratedMedia> {
    return Promise.reject(new GenerationRefused('model_unknown'));
  }
}
