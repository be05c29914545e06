// What generations cost before any provider has a part in them: accepting them, and listing them among a million. Prints the
// figures, and fails when one misses its aim.
import 'reflect-metadata';
import { benchAcceptance, silentProvider } from './bench/acceptance.mjs';
import { benchListing } from './bench/listing.mjs';
import { build } from './build.mjs';
import { startService } from './bench-service.mjs';

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
