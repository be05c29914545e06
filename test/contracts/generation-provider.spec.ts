import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { Secret } from '../../config/values/secret.js';
import { CanvasProvider } from '../../src/adapters/canvas/canvas-provider.js';
import { CanvasStudio } from '../../src/adapters/canvas/canvas-studio.js';
import { FalProvider } from '../../src/adapters/fal/fal-provider.js';
import { SystemClock } from '../../src/adapters/system/system.js';
import { FalServer } from '../support/fal/fal-server.js';
import { generationProviderContract } from './generation-provider.js';

const worker = join(import.meta.dirname, '../../dist/src/adapters/canvas/canvas.worker.js');

generationProviderContract('the painter', () => {
  const provider = new CanvasProvider(new SystemClock(), new CanvasStudio(pathToFileURL(worker)));
  return Promise.resolve({
    provider,
    modelId: 'velro/canvas',
    tells: true,
    // A picture takes longer than a cancel.
    hold: () => undefined,
    stop: () => provider.close(),
  });
});

for (const modelId of ['fal-ai/flux-pro/v1.1-ultra', 'fal-ai/veo3']) {
  generationProviderContract(`fal, with ${modelId}`, async () => {
    const server = await FalServer.start();
    server.webhooks.fault = 'lost';
    const { queueUrl } = server;
    return {
      provider: new FalProvider({ key: new Secret(server.key), queueUrl }),
      modelId,
      tells: false,
      hold: (held) => {
        server.automatic = held ? null : { queueMs: 20, workMs: 40 };
      },
      stop: () => server.stop(),
    };
  });
}
