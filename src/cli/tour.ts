import { parseArgs } from 'node:util';
import { NotUnderstood, runCommand } from './command.js';
import { runTour } from './tour/tour.js';

const usage = `usage: npm run tour -- [--url http://…]
Demonstrates a running service, by default the one of npm start. Exit 0: every step succeeded. Exit 1: a step failed.`;

function readUrl(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
    return values.url ?? 'http://127.0.0.1:3000';
  } catch {
    throw new NotUnderstood();
  }
}

await runCommand({ usage }, (args) => runTour(readUrl(args)));
