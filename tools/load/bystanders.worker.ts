// Sends requests of bystanders at an even pace, on an event loop of its own: one that also produces the load would measure itself.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ask } from '../bench/support/service.ts';
import type { Paced, Measured } from './bystanders.ts';

const { url, tokens, paths, perSecond, seconds } = workerData as Paced;

const times: number[] = [];
const refused: Record<string, number> = {};
const underway: Promise<void>[] = [];
const begin = performance.now();
for (let at = 0; at < perSecond * seconds; at++) {
  const path = paths[at % paths.length] ?? '/';
  const token = tokens[at % tokens.length];
  underway.push(
    ask(url, { path, token, at }).then(
      ({ status, ms }) => {
        times.push(ms);
        if (status !== 200) refused[`${status} ${path}`] = (refused[`${status} ${path}`] ?? 0) + 1;
      },
      (error: unknown) => {
        const text = `${(error as { code?: string }).code ?? String(error)} ${path}`;
        refused[text] = (refused[text] ?? 0) + 1;
      },
    ),
  );
  await pause(Math.max(0, begin + ((at + 1) * 1000) / perSecond - performance.now()));
}
await Promise.all(underway);
parentPort?.postMessage({ times, refused } satisfies Measured);
