import { parseArgs } from 'node:util';
import { locateHome } from '../../config/load-config.js';
import { NotUnderstood, runCommand } from './command.js';
import { publishedAddress } from '../service-address.js';
import { runTour } from './tour/tour.js';

const usage = `usage: npm run tour -- [--url http://…]
Demonstrates a running service, by default the one that npm start has started here (VELRO_HOME).
Exit 0: every step succeeded. Exit 1: a step failed.`;

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
