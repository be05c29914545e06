// Benchmark of generations without their provider: accepting them, and listing them among a million. Prints the figures, and
// fails when one misses its aim.
import 'reflect-metadata';
import { build } from '../build.ts';
import { benchAcceptance, silentProvider } from './support/generations/acceptance.ts';
import { benchListing } from './support/generations/listing.ts';
import { startService } from './support/service.ts';

await build();
const provider = await silentProvider();
const service = await startService(provider.env);
try {
  const isQuick = await benchAcceptance(service, provider.env);
  const isFlat = await benchListing(service.home);
  process.exitCode = isQuick && isFlat ? 0 : 1;
} finally {
  await service.stop();
  provider.close();
}
