// Demonstrates a running service by the client of this repository, which the service itself does without: `npm run tour`.
import { parseArgs } from 'node:util';
import { build } from './build.ts';

const usage = `usage: npm run tour -- [--url http://…]
Demonstrates a running service, by default the one that npm start has started here (VELRO_HOME).
Exit 0: every step succeeded. Exit 1: a step failed.`;

await build();
const { locateHome } = await import('#dist/config/load-config.js');
const { NotUnderstood, runCommand } = await import('#dist/src/cli/command.js');
const { publishedAddress } = await import('#dist/src/service-address.js');
const { runTour } = await import('./tour/tour.ts');

/** Null without one. */
function givenUrl(args: readonly string[]): string | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
    return values.url ?? null;
  } catch {
    throw new NotUnderstood();
  }
}

await runCommand({ usage }, (args) =>
  runTour(givenUrl(args) ?? publishedAddress(locateHome()) ?? 'http://127.0.0.1:3000'),
);
