import { parseArgs } from 'node:util';
import { NotUnderstood, runCommand } from './command.js';
import { runTour } from './tour/tour.js';

const usage = `usage: npm run tour -- [--url http://…]
Walks through a running service: the one of npm start unless another is named. Exit 0: all went as promised. Exit 1: not.`;

function readUrl(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
    return values.url ?? 'http://127.0.0.1:3000';
  } catch {
    throw new NotUnderstood();
  }
}

await runCommand({ usage }, (args) => runTour(readUrl(args)));
