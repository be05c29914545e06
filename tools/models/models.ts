import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../build.ts';

/** A model in Promela, and the faults that its macro `FAULT` puts in, by their numbers. */
export interface Model {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly faults: ReadonlyMap<number, string>;
}

/** How a search ended. `violation`: null where everything holds in every state that can be reached. */
export interface SearchResult {
  readonly violation: string | null;
  readonly states: number;
  readonly seconds: number;
}

const folder = join(root, 'docs', 'models');
/** Of one search: milliseconds, megabytes, steps. */
const limits = { ms: 300_000, megabytes: 2000, depth: 1_000_000 } as const;
const run = promisify(execFile);

/** The models of docs/models, by name. */
export function readModels(): Model[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.pml'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      const faults = [...text.matchAll(/^ \* FAULT (\d+): (.+)$/gm)].map(
        ([, number, what]) => [Number(number), what ?? ''] as const,
      );
      return { name: file.replace('.pml', ''), path, text, faults: new Map(faults) };
    });
}

/** Searches every state of a model; `fault` 0 for the model as it is. @throws Error when the search does not end within its limits */
export async function search(model: Model, fault: number): Promise<SearchResult> {
  const cwd = await mkdtemp(join(tmpdir(), 'velro-model-'));
  const options = { cwd, timeout: limits.ms, maxBuffer: 16 << 20 };
  try {
    await run('spin', [`-DFAULT=${fault}`, '-a', model.path], options);
    await run(
      'gcc',
      [fault === 0 ? '-O2' : '-O0', '-w', '-DSAFETY', `-DMEMLIM=${limits.megabytes}`, '-o', 'pan', 'pan.c'],
      options,
    );
    const beganAt = performance.now();
    const { stdout } = await run(join(cwd, 'pan'), [`-m${limits.depth}`], options);
    return { ...resultOf(stdout), seconds: (performance.now() - beganAt) / 1000 };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function resultOf(output: string): Pick<SearchResult, 'violation' | 'states'> {
  const states = Number(/^\s*(\d+) states, stored/m.exec(output)?.[1]);
  const errors = Number(/errors: (\d+)/.exec(output)?.[1]);
  if (!Number.isFinite(states) || !Number.isFinite(errors)) throw new Error(`no result of spin:\n${output}`);
  if (errors > 0)
    return { violation: /^pan:1: (.+?)(?: \(at depth \d+\))?$/m.exec(output)?.[1] ?? output, states };
  if (/out of memory|max search depth too small|Search not completed/i.test(output))
    throw new Error(`the search did not end:\n${output}`);
  return { violation: null, states };
}
