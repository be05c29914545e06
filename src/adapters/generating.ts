import type { Config } from '../../config/config.js';
import type { CallbackSignatures } from '../ports/callback-signatures.js';
import type { Clock } from '../ports/clock.js';
import type { GenerationProvider } from '../ports/generation-provider.js';
import { FalProvider } from './fal/fal-provider.js';
import { FalSignatures } from './fal/fal-signatures.js';

export interface Generating {
  readonly provider: GenerationProvider;
  readonly signatures: CallbackSignatures;
  close(): Promise<void>;
}

/** The provider that is configured. The offline painter is not in the image, so its adapter is loaded only where it is chosen. */
export async function createGenerating(generation: Config['generation'], clock: Clock): Promise<Generating> {
  if (generation.provider === 'fal')
    return {
      provider: new FalProvider(generation),
      signatures: new FalSignatures(generation.jwksUrl),
      close: () => Promise.resolve(),
    };
  const [{ CanvasProvider }, { NoCallbacks }] = await Promise.all([
    import('./canvas/canvas-provider.js'),
    import('./canvas/no-callbacks.js'),
  ]);
  const provider = new CanvasProvider(clock);
  return { provider, signatures: new NoCallbacks(), close: () => provider.close() };
}
